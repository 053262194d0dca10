import type { FeatureName, TimerName } from '@polyvirt/core/arch'
import { ok } from 'node:assert'
import type { FeatureRow } from '@polyvirt/core/arch'
import { optionsNamed, type Planned } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

/** How a document asks for each feature of libvirt's vocabulary. */
const featureSamples: Readonly<Record<FeatureName, string>> = {
  pae: '<pae/>',
  acpi: '<acpi/>',
  apic: '<apic/>',
  apicEoi: "<apic eoi='on'/>",
  hap: "<hap state='on'/>",
  viridian: '<viridian/>',
  privnet: '<privnet/>',
  hypervMode: "<hyperv mode='passthrough'/>",
  hypervRelaxed: "<hyperv mode='custom'><relaxed state='on'/></hyperv>",
  hypervVapic: "<hyperv mode='custom'><vapic state='on'/></hyperv>",
  hypervSpinlocks: "<hyperv mode='custom'><spinlocks state='on' retries='8191'/></hyperv>",
  hypervSpinlocksRetries: "<hyperv mode='custom'><spinlocks state='on' retries='8191'/></hyperv>",
  hypervVpindex: "<hyperv mode='custom'><vpindex state='on'/></hyperv>",
  hypervRuntime: "<hyperv mode='custom'><runtime state='on'/></hyperv>",
  hypervSynic: "<hyperv mode='custom'><synic state='on'/></hyperv>",
  hypervStimer: "<hyperv mode='custom'><synic state='on'/><stimer state='on'/></hyperv>",
  hypervStimerDirect:
    "<hyperv mode='custom'><synic state='on'/><stimer state='on'>" +
    "<direct state='on'/></stimer></hyperv>",
  hypervReset: "<hyperv mode='custom'><reset state='on'/></hyperv>",
  hypervVendorId: "<hyperv mode='custom'><vendor_id state='on' value='Polyvirt'/></hyperv>",
  hypervVendorIdValue: "<hyperv mode='custom'><vendor_id state='on' value='Polyvirt'/></hyperv>",
  hypervFrequencies: "<hyperv mode='custom'><frequencies state='on'/></hyperv>",
  hypervReenlightenment: "<hyperv mode='custom'><reenlightenment state='on'/></hyperv>",
  hypervTlbflush: "<hyperv mode='custom'><tlbflush state='on'/></hyperv>",
  hypervIpi: "<hyperv mode='custom'><ipi state='on'/></hyperv>",
  hypervEvmcs: "<hyperv mode='custom'><vapic state='on'/><evmcs state='on'/></hyperv>",
  hypervAvic: "<hyperv mode='custom'><avic state='on'/></hyperv>",
  kvmHidden: "<kvm><hidden state='on'/></kvm>",
  kvmHintDedicated: "<kvm><hint-dedicated state='on'/></kvm>",
  kvmPollControl: "<kvm><poll-control state='on'/></kvm>",
  kvmPvIpi: "<kvm><pv-ipi state='off'/></kvm>",
  kvmDirtyRing: "<kvm><dirty-ring state='on' size='4096'/></kvm>",
  kvmDirtyRingSize: "<kvm><dirty-ring state='on' size='4096'/></kvm>",
  xenE820Host: "<xen><e820_host state='on'/></xen>",
  xenPassthrough: "<xen><passthrough state='on' mode='share_pt'/></xen>",
  xenPassthroughMode: "<xen><passthrough state='on' mode='share_pt'/></xen>",
  capabilitiesPolicy: "<capabilities policy='default'/>",
  pvspinlock: "<pvspinlock state='on'/>",
  pmu: "<pmu state='on'/>",
  vmport: "<vmport state='off'/>",
  gicVersion: "<gic version='3'/>",
  aia: "<aia value='aplic'/>",
  smm: "<smm state='on'/>",
  smmTsegKiB: "<smm state='on'><tseg unit='MiB'>16</tseg></smm>",
  ioapic: "<ioapic driver='qemu'/>",
  hptResizing: "<hpt resizing='disabled'/>",
  hptMaxpagesizeKiB: "<hpt><maxpagesize unit='KiB'>64</maxpagesize></hpt>",
  vmcoreinfo: "<vmcoreinfo state='on'/>",
  htm: "<htm state='off'/>",
  nestedHv: "<nested-hv state='off'/>",
  msrsUnknown: "<msrs unknown='ignore'/>",
  ccfAssist: "<ccf-assist state='off'/>",
  cfpc: "<cfpc value='broken'/>",
  sbbc: "<sbbc value='broken'/>",
  ibs: "<ibs value='broken'/>",
  tcgTbCacheKiB: "<tcg><tb-cache unit='MiB'>64</tb-cache></tcg>",
  largeDecr: "<large-decr state='on'/>",
  rptInvalidate: "<rpt-invalidate state='off'/>",
  fwnmi: "<fwnmi state='on'/>",
  ailMode3: "<ail-mode-3 state='on'/>",
}

/** Timers of libvirt's schema. Clocks of one architecture may be named on another, to say that they are not there. */
const timerSamples: Readonly<Record<TimerName, string>> = {
  platform: "<timer name='platform'/>",
  pit: "<timer name='pit' present='no'/>",
  rtc: "<timer name='rtc' tickpolicy='catchup'/>",
  hpet: "<timer name='hpet' present='no'/>",
  tsc: "<timer name='tsc' present='no'/>",
  kvmclock: "<timer name='kvmclock' present='no'/>",
  hypervclock: "<timer name='hypervclock' present='no'/>",
  armvtimer: "<timer name='armvtimer' tickpolicy='discard'/>",
}

/** Names of features that a document asks for only by asking for another one. */
const alsoNeeds: Readonly<Partial<Record<FeatureName, readonly FeatureName[]>>> = {
  apicEoi: ['apic'],
  hypervSpinlocksRetries: ['hypervSpinlocks'],
  kvmDirtyRingSize: ['kvmDirtyRing'],
  xenPassthroughMode: ['xenPassthrough'],
  hypervVendorIdValue: ['hypervVendorId'],
  smmTsegKiB: ['smm'],
}

const scenario = (
  id: string,
  title: string,
  uses: Scenario['uses'],
  domain: string,
  plan?: (planned: Planned) => void,
): Scenario => ({
  id,
  title,
  uses,
  domain,
  ...(plan === undefined ? {} : { expect: { plan } }),
  golden: false,
  // Some boards have ACPI only behind firmware, which the document would have to name.
  ...(id === 'feature/acpi' && { mayRefuse: 'features/acpi' }),
  // Some need KVM or a certain CPU: a start under TCG would say nothing about the architecture.
  live: false,
})

/** A feature that is a property of the machine, a flag of the CPU or a device is said to QEMU. */
function reachesQemu(planned: Planned, name: FeatureName): void {
  const rows: Readonly<Record<string, FeatureRow | undefined>> =
    planned.target.arch.features.supported
  const row = rows[name]
  const said = (option: string, key: string): boolean =>
    optionsNamed(planned, option).some(({ properties }) => key in properties)
  if (row?.to === 'machine') ok(said('-machine', row.property), `-machine lacks ${row.property}`)
  if (row?.to === 'cpu') ok(said('-cpu', row.flag), `-cpu lacks ${row.flag}`)
}

/** Each feature and each timer: claimed and planned, or refused. */
export const featureScenarios: readonly Scenario[] = [
  ...Object.entries(featureSamples).map(([name, features]) =>
    scenario(
      `feature/${name}`,
      `feature ${name} is accepted where it is offered`,
      [name as FeatureName, ...(alsoNeeds[name as FeatureName] ?? [])].map(
        (one) => `feature:${one}` as const,
      ),
      domainXml({ features }),
      (planned) => reachesQemu(planned, name as FeatureName),
    ),
  ),
  ...Object.entries(timerSamples).map(([name, timer]) =>
    scenario(
      `timer/${name}`,
      `timer ${name} is accepted where it is offered`,
      [`timer:${name as TimerName}`],
      domainXml({ clock: `  <clock offset='utc'>${timer}</clock>\n` }),
    ),
  ),
]
