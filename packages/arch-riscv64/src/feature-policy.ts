import type { FeaturePolicy } from '@polyvirt/core/arch'

/** What the virt board has to offer. Words about PCs are refused: there is nothing that they could be. */
export const features: FeaturePolicy = {
  supported: {
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
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false] },
    hpet: { present: [false] },
  },
}
