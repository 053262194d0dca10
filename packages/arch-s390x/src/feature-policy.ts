import type { FeaturePolicy } from '@polyvirt/core/arch'

/**
 * IBM Z has none of a PC's platform features: no ACPI, no APIC, no SMM. What its processors have is
 * said in `<cpu>`; what it has of timers is not for a document to change.
 */
export const features: FeaturePolicy = {
  supported: {
    kvmDirtyRing: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'only KVM keeps a ring of dirty pages' },
    },
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
  timers: {
    // The time-of-day clock: the host's own, so a guest that was held up has missed nothing.
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false] },
    hpet: { present: [false] },
    tsc: { present: [false] },
    kvmclock: { present: [false] },
    hypervclock: { present: [false] },
  },
}
