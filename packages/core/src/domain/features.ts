import { sizeKiB } from './memory.ts'
import { childNamed } from '../xml/element.ts'
import { join } from '../xml/field.ts'
import { integer, oneOf, onOff, present, text, mapped } from '../xml/fields.ts'
import type { ReadScope, XmlField, XmlFields } from '../xml/fields.ts'

/** Three states of a switch that stands without an attribute: `<vmport/>` leaves it to QEMU. */
export type Switch = 'on' | 'off' | 'default'

/** Windows enlightenments, as libvirt names them. */
export const hypervFeatures = [
  'relaxed',
  'vapic',
  'spinlocks',
  'vpindex',
  'runtime',
  'synic',
  'stimer',
  'reset',
  'vendor_id',
  'frequencies',
  'reenlightenment',
  'tlbflush',
  'ipi',
  'evmcs',
  'avic',
] as const
export type HypervFeature = (typeof hypervFeatures)[number]

/**
 * `<features>`: libvirt's whole vocabulary. Which of them a machine has, and what each becomes in
 * QEMU, is the architecture's table.
 */
export interface Features {
  readonly pae?: boolean
  readonly acpi?: boolean
  readonly apic?: boolean
  readonly apicEoi?: boolean
  readonly hap?: Switch
  readonly viridian?: boolean
  readonly privnet?: boolean
  readonly hypervMode?: 'custom' | 'passthrough'
  readonly hypervRelaxed?: boolean
  readonly hypervVapic?: boolean
  readonly hypervSpinlocks?: boolean
  readonly hypervSpinlocksRetries?: number
  readonly hypervVpindex?: boolean
  readonly hypervRuntime?: boolean
  readonly hypervSynic?: boolean
  readonly hypervStimer?: boolean
  readonly hypervStimerDirect?: boolean
  readonly hypervReset?: boolean
  readonly hypervVendorId?: boolean
  readonly hypervVendorIdValue?: string
  readonly hypervFrequencies?: boolean
  readonly hypervReenlightenment?: boolean
  readonly hypervTlbflush?: boolean
  readonly hypervIpi?: boolean
  readonly hypervEvmcs?: boolean
  readonly hypervAvic?: boolean
  readonly kvmHidden?: boolean
  readonly kvmHintDedicated?: boolean
  readonly kvmPollControl?: boolean
  readonly kvmPvIpi?: boolean
  readonly kvmDirtyRing?: boolean
  readonly kvmDirtyRingSize?: number
  readonly xenE820Host?: boolean
  readonly xenPassthrough?: boolean
  readonly xenPassthroughMode?: 'sync_pt' | 'share_pt'
  readonly capabilitiesPolicy?: 'default' | 'allow' | 'deny'
  readonly pvspinlock?: Switch
  readonly pmu?: Switch
  readonly vmport?: Switch
  readonly gicVersion?: string
  /** Which of a platform's advanced interrupt controllers. */
  readonly aia?: 'none' | 'aplic' | 'aplic-imsic'
  readonly smm?: Switch
  readonly smmTsegKiB?: number
  readonly ioapic?: 'kvm' | 'qemu'
  readonly hptResizing?: 'enabled' | 'disabled' | 'required'
  readonly hptMaxpagesizeKiB?: number
  readonly vmcoreinfo?: Switch
  readonly htm?: Switch
  readonly nestedHv?: Switch
  readonly msrsUnknown?: 'ignore' | 'fault'
  readonly ccfAssist?: Switch
  readonly cfpc?: 'broken' | 'workaround' | 'fixed'
  readonly sbbc?: 'broken' | 'workaround' | 'fixed'
  readonly ibs?: 'broken' | 'workaround' | 'fixed-ibs' | 'fixed-ccd' | 'fixed-na'
  readonly tcgTbCacheKiB?: number
  // libvirt has no words for these; they are spelled as it spells their neighbours.
  readonly largeDecr?: Switch
  readonly rptInvalidate?: Switch
  readonly fwnmi?: Switch
  readonly ailMode3?: Switch
}

export type FeatureName = keyof Features

const hypervMode = oneOf('hyperv/@mode', ['custom', 'passthrough'])

export const featuresXml: XmlFields<Features> = {
  pae: present('pae'),
  acpi: present('acpi'),
  apic: present('apic'),
  apicEoi: onOff('apic/@eoi'),
  hap: toggle('hap'),
  viridian: present('viridian'),
  privnet: present('privnet'),
  hypervMode: { ...hypervMode, read: readHypervMode },
  hypervRelaxed: onOff('hyperv/relaxed/@state'),
  hypervVapic: onOff('hyperv/vapic/@state'),
  hypervSpinlocks: onOff('hyperv/spinlocks/@state'),
  hypervSpinlocksRetries: integer('hyperv/spinlocks/@retries', { min: 4095, max: 0xffffffff }),
  hypervVpindex: onOff('hyperv/vpindex/@state'),
  hypervRuntime: onOff('hyperv/runtime/@state'),
  hypervSynic: onOff('hyperv/synic/@state'),
  hypervStimer: onOff('hyperv/stimer/@state'),
  hypervStimerDirect: onOff('hyperv/stimer/direct/@state'),
  hypervReset: onOff('hyperv/reset/@state'),
  hypervVendorId: onOff('hyperv/vendor_id/@state'),
  hypervVendorIdValue: text('hyperv/vendor_id/@value'),
  hypervFrequencies: onOff('hyperv/frequencies/@state'),
  hypervReenlightenment: onOff('hyperv/reenlightenment/@state'),
  hypervTlbflush: onOff('hyperv/tlbflush/@state'),
  hypervIpi: onOff('hyperv/ipi/@state'),
  hypervEvmcs: onOff('hyperv/evmcs/@state'),
  hypervAvic: onOff('hyperv/avic/@state'),
  kvmHidden: onOff('kvm/hidden/@state'),
  kvmHintDedicated: onOff('kvm/hint-dedicated/@state'),
  kvmPollControl: onOff('kvm/poll-control/@state'),
  kvmPvIpi: onOff('kvm/pv-ipi/@state'),
  kvmDirtyRing: onOff('kvm/dirty-ring/@state'),
  kvmDirtyRingSize: integer('kvm/dirty-ring/@size', { max: 0xffffffff }),
  xenE820Host: onOff('xen/e820_host/@state'),
  xenPassthrough: onOff('xen/passthrough/@state'),
  xenPassthroughMode: oneOf('xen/passthrough/@mode', ['sync_pt', 'share_pt']),
  capabilitiesPolicy: oneOf('capabilities/@policy', ['default', 'allow', 'deny']),
  pvspinlock: toggle('pvspinlock'),
  pmu: toggle('pmu'),
  vmport: toggle('vmport'),
  gicVersion: { ...text('gic/@version'), read: readGic },
  aia: oneOf('aia/@value', ['none', 'aplic', 'aplic-imsic']),
  smm: toggle('smm'),
  smmTsegKiB: sizeKiB('smm/tseg', 'MiB', 'MiB'),
  ioapic: oneOf('ioapic/@driver', ['kvm', 'qemu']),
  hptResizing: oneOf('hpt/@resizing', ['enabled', 'disabled', 'required']),
  hptMaxpagesizeKiB: sizeKiB('hpt/maxpagesize'),
  vmcoreinfo: toggle('vmcoreinfo'),
  htm: toggle('htm'),
  nestedHv: toggle('nested-hv'),
  msrsUnknown: oneOf('msrs/@unknown', ['ignore', 'fault']),
  ccfAssist: toggle('ccf-assist'),
  cfpc: oneOf('cfpc/@value', ['broken', 'workaround', 'fixed']),
  sbbc: oneOf('sbbc/@value', ['broken', 'workaround', 'fixed']),
  ibs: oneOf('ibs/@value', ['broken', 'workaround', 'fixed-ibs', 'fixed-ccd', 'fixed-na']),
  tcgTbCacheKiB: sizeKiB('tcg/tb-cache', 'KiB'),
  largeDecr: toggle('large-decr'),
  rptInvalidate: toggle('rpt-invalidate'),
  fwnmi: toggle('fwnmi'),
  ailMode3: toggle('ail-mode-3'),
}

/** `<hyperv/>` alone is a choice of none of its features. */
function readHypervMode(scope: ReadScope): 'custom' | 'passthrough' | undefined {
  const written = hypervMode.read(scope)
  const element = childNamed(scope.element, 'hyperv')
  if (written !== undefined || element === undefined || element.children.length > 0) return written
  scope.report.assumed.push({ path: join(scope.path, 'hyperv/@mode'), value: 'custom' })
  return 'custom'
}

/** `<gic/>` alone asks for one and leaves its version to the architecture. */
function readGic(scope: ReadScope): string | undefined {
  return present('gic').read(scope) === undefined
    ? undefined
    : (text('gic/@version').read(scope) ?? 'default')
}

/** Where each feature stands in the document: `htm`, `hyperv/relaxed`. */
export function featurePath(name: FeatureName): string {
  const path = featuresXml[name].knows[0] ?? name
  return `features/${path.replace(/\/?@.*$/, '')}`
}

function toggle(name: string): XmlField<Switch> {
  const state = oneOf(`${name}/@state`, ['on', 'off'])
  const here = present(name)
  return {
    ...mapped(
      state,
      (v) => v,
      (v: Switch) => v as 'on' | 'off',
    ),
    read: (scope) =>
      here.read(scope) === undefined ? undefined : (state.read(scope) ?? 'default'),
    write: (v, writer) => {
      if (v === 'default') here.write(true, writer)
      else state.write(v, writer)
    },
  }
}
