import { acpiSwitch } from '@polyvirt/core/arch'
import type { FeaturePolicy, FeatureRow } from '@polyvirt/core/arch'
import { defaultGic } from './interrupt-controller.ts'

const nothing: FeatureRow = { to: 'nothing' }

/**
 * Words about PCs that managers of clouds write for every machine, and libvirt takes on every machine.
 * The board has nothing of the kind: they are kept, without effect, and the user is told.
 */
export const pcWords = ['apic', 'pae', 'hap', 'viridian', 'privnet'] as const

/**
 * What the virt board has to offer. ACPI is there only when the document asks, as in libvirt; QEMU
 * has it by itself, so leaving it out must be said.
 */
export const features: FeaturePolicy = {
  supported: {
    acpi: {
      to: 'effects',
      effects: ({ acpi }, context) => (acpi === true ? acpiSwitch(true, context) : {}),
    },
    gicVersion: {
      to: 'machine',
      property: 'gic-version',
      only: {
        values: ['2', '3', 'host'],
        reason: `the board has an interrupt controller of version '2', '3' or 'host'`,
      },
    },
    pmu: { to: 'cpu', flag: 'pmu' },
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo' },
    kvmDirtyRing: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'only KVM keeps a ring of dirty pages' },
    },
    kvmDirtyRingSize: nothing,
    ...Object.fromEntries(pcWords.map((name) => [name, nothing])),
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: (context) => ({ gicVersion: defaultGic(context) }),
  whenAbsent: { acpi: (context) => acpiSwitch(false, context) },
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false], tickpolicies: ['delay', 'discard'] },
    hpet: { present: [false] },
    tsc: { present: [false] },
    kvmclock: { present: [false], tickpolicies: [] },
    hypervclock: { present: [false], tickpolicies: [] },
    armvtimer: {
      only: {
        virtType: 'kvm',
        reason: `only KVM hides from a guest the time that it did not run; use type='kvm'`,
      },
      tickpolicies: ['delay', 'discard'],
      effects: ({ tickpolicy }) =>
        tickpolicy === undefined
          ? {}
          : // Delayed, the guest's time stands still with it; discarded, it finds a gap.
            { cpu: { 'kvm-no-adjvtime': tickpolicy === 'discard' ? 'on' : 'off' } },
    },
  },
}
