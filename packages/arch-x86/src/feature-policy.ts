import type { FeaturePolicy, FeatureRow, Features } from '@polyvirt/core/arch'

const nothing: FeatureRow = { to: 'nothing' }

function enlightenment(flag: string): FeatureRow {
  return { to: 'cpu', flag }
}

/** Only a value that was asked for is said: `<hidden state='off'/>` is QEMU's own default. */
function kvmFlag(flag: string, on: string): FeatureRow {
  return {
    to: 'effects',
    effects: (features: Features) =>
      features.kvmHidden === true && flag === 'kvm' ? { cpu: { kvm: on } } : {},
  }
}

/**
 * The PC's platform features. ACPI and APIC are there only when the document asks, as in libvirt;
 * QEMU has ACPI by itself, so leaving it out must be said.
 */
export const features: FeaturePolicy = {
  supported: {
    acpi: nothing,
    apic: nothing,
    pae: nothing,
    hap: nothing,
    viridian: nothing,
    privnet: nothing,
    vmport: { to: 'machine', property: 'vmport' },
    smm: {
      to: 'machine',
      property: 'smm',
      only: { machines: ['q35', 'pc'], reason: 'the machine has no system management mode' },
    },
    smmTsegKiB: {
      to: 'effects',
      effects: (f) =>
        f.smmTsegKiB === undefined
          ? {}
          : { global: [`mch.extended-tseg-mbytes=${Math.floor(f.smmTsegKiB / 1024)}`] },
      only: { machines: ['q35'], reason: 'only q35 has a TSEG of a size to choose' },
    },
    ioapic: {
      to: 'effects',
      effects: (f) => ({ machine: { kernel_irqchip: f.ioapic === 'qemu' ? 'split' : 'on' } }),
    },
    apicEoi: enlightenment('kvm-pv-eoi'),
    pvspinlock: enlightenment('kvm-pv-unhalt'),
    pmu: enlightenment('pmu'),
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo' },
    hypervRelaxed: enlightenment('hv-relaxed'),
    hypervVapic: enlightenment('hv-vapic'),
    hypervSpinlocks: {
      to: 'effects',
      effects: (f) =>
        f.hypervSpinlocks === true
          ? { cpu: { 'hv-spinlocks': `0x${(f.hypervSpinlocksRetries ?? 4095).toString(16)}` } }
          : {},
    },
    hypervSpinlocksRetries: nothing,
    hypervVpindex: enlightenment('hv-vpindex'),
    hypervRuntime: enlightenment('hv-runtime'),
    hypervSynic: enlightenment('hv-synic'),
    hypervStimer: enlightenment('hv-stimer'),
    hypervStimerDirect: enlightenment('hv-stimer-direct'),
    hypervReset: enlightenment('hv-reset'),
    hypervVendorId: {
      to: 'effects',
      effects: (f) =>
        f.hypervVendorId === true ? { cpu: { 'hv-vendor-id': f.hypervVendorIdValue ?? '' } } : {},
    },
    hypervVendorIdValue: nothing,
    hypervFrequencies: enlightenment('hv-frequencies'),
    hypervReenlightenment: enlightenment('hv-reenlightenment'),
    hypervTlbflush: enlightenment('hv-tlbflush'),
    hypervIpi: enlightenment('hv-ipi'),
    hypervEvmcs: enlightenment('hv-evmcs'),
    hypervAvic: enlightenment('hv-avic'),
    hypervMode: {
      to: 'effects',
      effects: (f) => (f.hypervMode === 'passthrough' ? { cpu: { 'hv-passthrough': 'on' } } : {}),
    },
    kvmHidden: kvmFlag('kvm', 'off'),
    kvmHintDedicated: {
      to: 'effects',
      effects: (f) => (f.kvmHintDedicated === true ? { cpu: { 'kvm-hint-dedicated': 'on' } } : {}),
    },
    kvmPollControl: {
      to: 'effects',
      effects: (f) => (f.kvmPollControl === true ? { cpu: { 'kvm-poll-control': 'on' } } : {}),
    },
    kvmPvIpi: {
      to: 'effects',
      effects: (f) => (f.kvmPvIpi === false ? { cpu: { 'kvm-pv-ipi': 'off' } } : {}),
    },
    msrsUnknown: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'unknown MSRs are KVM’s affair; QEMU’s own CPU has none' },
    },
    tcgTbCacheKiB: {
      to: 'nothing',
      only: { virtType: 'qemu', reason: 'KVM translates nothing, so it has no translation cache' },
    },
  },
  defaults: () => ({}),
  whenAbsent: { acpi: { options: ['-no-acpi'] } },
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    pit: {
      tickpolicies: ['delay', 'discard', 'catchup'],
      effects: (timer, { capabilities }) =>
        (timer.tickpolicy === 'delay' || timer.tickpolicy === 'discard') &&
        capabilities.devices.includes('kvm-pit')
          ? { global: [`kvm-pit.lost_tick_policy=${timer.tickpolicy}`] }
          : {},
    },
    hpet: {
      tickpolicies: [],
      effects: (timer) => (timer.present === false ? { options: ['-no-hpet'] } : {}),
    },
    kvmclock: {
      tickpolicies: [],
      effects: (timer) =>
        timer.present === undefined ? {} : { cpu: { kvmclock: timer.present ? 'on' : 'off' } },
    },
    hypervclock: {
      tickpolicies: [],
      effects: (timer) => (timer.present === true ? { cpu: { 'hv-time': 'on' } } : {}),
    },
    tsc: {
      tickpolicies: [],
      effects: (timer) =>
        timer.frequency === undefined ? {} : { cpu: { 'tsc-frequency': String(timer.frequency) } },
    },
  },
}
