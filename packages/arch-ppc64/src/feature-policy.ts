import type { FeaturePolicy } from '@polyvirt/core/arch'

/**
 * PAPR's platform features: capabilities of the machine, each a property of `-machine`. No ACPI,
 * APIC or SMM: `<acpi/>` is refused here because it could only be ignored.
 */
export const features: FeaturePolicy = {
  supported: {
    pmu: {
      to: 'nothing',
      only: { values: ['on', 'default'], reason: 'pseries always has its PMU' },
    },
    hptResizing: { to: 'machine', property: 'resize-hpt' },
    hptMaxpagesizeKiB: {
      to: 'effects',
      effects: (f) =>
        f.hptMaxpagesizeKiB === undefined
          ? {}
          : { machine: { 'cap-hpt-max-page-size': `${f.hptMaxpagesizeKiB}k` } },
    },
    htm: { to: 'machine', property: 'cap-htm' },
    nestedHv: { to: 'machine', property: 'cap-nested-hv' },
    ccfAssist: { to: 'machine', property: 'cap-ccf-assist' },
    cfpc: { to: 'machine', property: 'cap-cfpc' },
    sbbc: { to: 'machine', property: 'cap-sbbc' },
    ibs: { to: 'machine', property: 'cap-ibs' },
    largeDecr: { to: 'machine', property: 'cap-large-decr' },
    rptInvalidate: { to: 'machine', property: 'cap-rpt-invalidate' },
    fwnmi: { to: 'machine', property: 'cap-fwnmi' },
    ailMode3: { to: 'machine', property: 'cap-ail-mode-3' },
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
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
