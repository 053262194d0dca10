import { acpiSwitch, hasDevice } from '@polyvirt/core/arch'
import type { Effects, FeaturePolicy, FeatureRow, Features, RuleContext } from '@polyvirt/core/arch'

const nothing: FeatureRow = { to: 'nothing' }

/** Off is what QEMU does by itself, so only on is said. */
function enlightenment(flag: string, name: keyof Features): FeatureRow {
  return {
    to: 'effects',
    effects: (features) => (features[name] === true ? { cpu: { [flag]: 'on' } } : {}),
  }
}

/** Only a value that was asked for is said: `<hidden state='off'/>` is QEMU's own default. */
function kvmFlag(flag: string, on: string): FeatureRow {
  return {
    to: 'effects',
    effects: (features: Features) =>
      features.kvmHidden === true && flag === 'kvm' ? { cpu: { kvm: on } } : {},
  }
}

/** The option went with QEMU 9.0; the property of the machine is older. */
function withoutHpet({ capabilities }: RuleContext): Effects {
  return capabilities.version.major < 9 ? { options: ['-no-hpet'] } : { machine: { hpet: 'off' } }
}

/**
 * The PC's platform features. ACPI and APIC are there only when the document asks, as in libvirt;
 * QEMU has ACPI by itself, so leaving it out must be said.
 */
export const features: FeaturePolicy = {
  supported: {
    acpi: {
      to: 'effects',
      effects: (f, context) => (f.acpi === true ? acpiSwitch(true, context) : {}),
    },
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
    apicEoi: { to: 'cpu', flag: 'kvm-pv-eoi' },
    pvspinlock: { to: 'cpu', flag: 'kvm-pv-unhalt' },
    pmu: { to: 'cpu', flag: 'pmu' },
    vmcoreinfo: { to: 'device', driver: 'vmcoreinfo' },
    hypervRelaxed: enlightenment('hv-relaxed', 'hypervRelaxed'),
    hypervVapic: enlightenment('hv-vapic', 'hypervVapic'),
    hypervSpinlocks: {
      to: 'effects',
      effects: (f) =>
        f.hypervSpinlocks === true
          ? { cpu: { 'hv-spinlocks': `0x${(f.hypervSpinlocksRetries ?? 4095).toString(16)}` } }
          : {},
    },
    hypervSpinlocksRetries: nothing,
    // TCG has the Hyper-V leaves, but QEMU asks KVM for this one and ends when there is none.
    hypervVpindex: {
      ...enlightenment('hv-vpindex', 'hypervVpindex'),
      only: {
        when: [true],
        virtType: 'kvm',
        reason: `TCG has no virtual processor index of Hyper-V; use state='off', or type='kvm'`,
      },
    },
    hypervRuntime: enlightenment('hv-runtime', 'hypervRuntime'),
    hypervSynic: enlightenment('hv-synic', 'hypervSynic'),
    hypervStimer: enlightenment('hv-stimer', 'hypervStimer'),
    hypervStimerDirect: enlightenment('hv-stimer-direct', 'hypervStimerDirect'),
    hypervReset: enlightenment('hv-reset', 'hypervReset'),
    hypervVendorId: {
      to: 'effects',
      effects: (f) =>
        f.hypervVendorId === true ? { cpu: { 'hv-vendor-id': f.hypervVendorIdValue ?? '' } } : {},
    },
    hypervVendorIdValue: nothing,
    hypervFrequencies: enlightenment('hv-frequencies', 'hypervFrequencies'),
    hypervReenlightenment: enlightenment('hv-reenlightenment', 'hypervReenlightenment'),
    hypervTlbflush: enlightenment('hv-tlbflush', 'hypervTlbflush'),
    hypervIpi: enlightenment('hv-ipi', 'hypervIpi'),
    hypervEvmcs: enlightenment('hv-evmcs', 'hypervEvmcs'),
    hypervAvic: enlightenment('hv-avic', 'hypervAvic'),
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
    kvmDirtyRing: {
      to: 'nothing',
      only: { virtType: 'kvm', reason: 'only KVM keeps a ring of dirty pages' },
    },
    kvmDirtyRingSize: nothing,
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
  whenAbsent: { acpi: (context) => acpiSwitch(false, context) },
  timers: {
    rtc: { tickpolicies: ['delay', 'catchup'] },
    // Where nothing is said of the ticks that a guest missed they are delayed; KVM's own default is to
    // catch up, so it must be said.
    pit: {
      tickpolicies: ['delay', 'discard', 'catchup'],
      effects: (timer, { capabilities }) =>
        timer.tickpolicy !== 'catchup' && hasDevice(capabilities, 'kvm-pit')
          ? { global: [`kvm-pit.lost_tick_policy=${timer.tickpolicy ?? 'delay'}`] }
          : {},
    },
    hpet: {
      effects: (timer, context) => (timer.present === false ? withoutHpet(context) : {}),
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
      effects: (timer) =>
        timer.frequency === undefined ? {} : { cpu: { 'tsc-frequency': String(timer.frequency) } },
    },
  },
}
