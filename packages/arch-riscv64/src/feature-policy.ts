import type { FeaturePolicy } from '@polyvirt/core/arch'
import { isOlder } from './problems.ts'

/** First QEMU whose board has ACPI, and a fw_cfg for what is handed over by it. */
const since = [8, 0] as const

/** What the virt board has to offer. Words about PCs are refused: there is nothing that they could be. */
export const features: FeaturePolicy = {
  supported: {
    acpi: {
      to: 'machine',
      property: 'acpi',
      only: { since, reason: 'the board had no ACPI before' },
    },
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo', only: { since } },
    // Kinds of interrupt controllers: PLIC, APLIC, or APLIC with IMSICs that deliver messages.
    aia: { to: 'machine', property: 'aia' },
    kvmDirtyRing: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'only KVM keeps a ring of dirty pages' },
    },
    kvmDirtyRingSize: { to: 'nothing' },
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
  // Where QEMU has ACPI it is on by itself, so leaving it out must be said.
  whenAbsent: {
    acpi: ({ capabilities }) =>
      isOlder(capabilities, ...since) ? {} : { machine: { acpi: 'off' } },
  },
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false] },
    hpet: { present: [false] },
  },
}
