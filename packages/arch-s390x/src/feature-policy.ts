import type { FeaturePolicy } from '@polyvirt/core/arch'

/**
 * Words about PCs that managers of clouds write for every machine, and libvirt takes on every machine.
 * There is nothing of the kind: they are kept, without effect, and the user is told.
 */
export const pcWords = ['apic', 'pae', 'hap', 'viridian', 'privnet'] as const

/**
 * IBM Z has none of a PC's platform features. ACPI is refused, as by newer versions of libvirt: it says
 * how a machine is shut down and described, and here nothing of that would be so. What processors have
 * is said in `<cpu>`.
 */
export const features: FeaturePolicy = {
  supported: {
    ...Object.fromEntries(pcWords.map((name) => [name, { to: 'nothing' } as const])),
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
  timers: {
    // The time-of-day clock is the host's own: a guest that was held up has missed nothing.
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Clocks of PCs: that they are not there can be said.
    pit: { present: [false], tickpolicies: ['delay', 'discard'] },
    hpet: { present: [false] },
    tsc: { present: [false] },
    kvmclock: { present: [false], tickpolicies: [] },
    hypervclock: { present: [false], tickpolicies: [] },
  },
}
