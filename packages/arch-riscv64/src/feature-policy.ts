import { isSince } from '@polyvirt/core/arch'
import type { FeaturePolicy } from '@polyvirt/core/arch'

/** First QEMU whose board has ACPI, and a fw_cfg for what is handed over by it. */
export const acpiSince: readonly [number, number] = [8, 0]

/**
 * Words about PCs that managers of clouds write for every machine, and libvirt takes on every machine.
 * The board has nothing of the kind: they are kept, without effect, and the user is told.
 */
export const pcWords = ['apic', 'pae', 'hap', 'viridian', 'privnet'] as const

/** What the virt board has to offer. */
export const features: FeaturePolicy = {
  supported: {
    acpi: {
      to: 'machine',
      property: 'acpi',
      only: { since: acpiSince },
    },
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo', only: { since: acpiSince } },
    // Kinds of interrupt controllers: PLIC, APLIC, or APLIC with IMSICs that deliver messages.
    aia: { to: 'machine', property: 'aia' },
    kvmDirtyRing: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'only KVM keeps a ring of dirty pages' },
    },
    kvmDirtyRingSize: { to: 'nothing' },
    ...Object.fromEntries(pcWords.map((name) => [name, { to: 'nothing' } as const])),
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
  // Where QEMU has ACPI it is on by itself, so leaving it out must be said.
  whenAbsent: {
    acpi: ({ capabilities }) =>
      isSince(capabilities, acpiSince) ? { machine: { acpi: 'off' } } : {},
  },
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false], tickpolicies: ['delay', 'discard'] },
    hpet: { present: [false] },
    tsc: { present: [false] },
    kvmclock: { present: [false], tickpolicies: [] },
    hypervclock: { present: [false], tickpolicies: [] },
  },
}
