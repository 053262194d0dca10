import type { FeaturePolicy } from '@polyvirt/core/arch'

/** What the virt board has to offer. Words about PCs are refused: there is nothing that they could be. */
export const features: FeaturePolicy = {
  supported: {
    acpi: { to: 'machine', property: 'acpi' },
    pmu: {
      to: 'cpu',
      flag: 'pmu',
      only: { virtType: 'kvm', reason: 'TCG emulates no performance monitor of LoongArch' },
    },
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo' },
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
  // The board has ACPI by itself, so leaving it out must be said.
  whenAbsent: { acpi: { machine: { acpi: 'off' } } },
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
