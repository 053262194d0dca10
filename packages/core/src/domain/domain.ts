import { cpuset } from './cpuset.ts'
import { sizeKiB } from './memory.ts'
import { clockXml } from './clock.ts'
import type { Clock } from './clock.ts'
import { cpuXml } from './cpu.ts'
import type { Cpu } from './cpu.ts'
import { featuresXml } from './features.ts'
import type { Features } from './features.ts'
import { osXml } from './os.ts'
import type { Os } from './os.ts'
import { devicesXml } from './devices.ts'
import type { Devices } from './devices.ts'
import {
  alongside,
  fallback,
  integer,
  list,
  mapped,
  nonEmpty,
  onOff,
  oneOf,
  record,
  required,
  text,
  verbatim,
  yesNo,
} from '../xml/fields.ts'
import type { XmlField, XmlFields } from '../xml/fields.ts'
import { launchSecurityXml, keywrapCipherXml, seclabelXml } from './security.ts'
import type { KeywrapCipher, LaunchSecurity, Seclabel } from './security.ts'
import { sysinfoXml } from './sysinfo.ts'
import type { Sysinfo } from './sysinfo.ts'
import {
  blkiotuneXml,
  cputuneXml,
  idmapXml,
  iothreadIdXml,
  memoryBackingXml,
  memtuneXml,
  numatuneXml,
  perfEventXml,
  resourceXml,
  threadPoolXml,
  vcpuXml,
} from './tuning.ts'
import type {
  Blkiotune,
  Cputune,
  Idmap,
  IothreadId,
  MemoryBacking,
  Memtune,
  Numatune,
  PerfEvent,
  Resource,
  ThreadPool,
  Vcpu,
} from './tuning.ts'
import { nameField, uuidField } from './identity.ts'

export { maxNameBytes, nameProblem } from './identity.ts'

export const lifecycleActions = ['destroy', 'restart', 'rename-restart', 'preserve'] as const
export type LifecycleAction = (typeof lifecycleActions)[number]
export const crashActions = [
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
] as const
export type CrashAction = (typeof crashActions)[number]

export const lockFailureActions = ['poweroff', 'restart', 'pause', 'ignore'] as const
export type LockFailureAction = (typeof lockFailureActions)[number]

export const virtTypes = ['qemu', 'kvm'] as const
export type VirtType = (typeof virtTypes)[number]

const deprecationBehaviors = ['none', 'omit', 'reject', 'crash'] as const

export interface EnvironmentVariable {
  readonly name: string
  readonly value?: string
}

/**
 * One domain, in libvirt's words: what a document says, no more. Sizes are in KiB. Plain data, so
 * it survives `structuredClone`.
 */
export interface Domain {
  readonly type: VirtType
  readonly name: string
  readonly uuid?: string
  readonly title?: string
  readonly description?: string
  /** `<metadata>` as it stands in the document. */
  readonly metadata?: string
  readonly maxMemoryKiB?: number
  readonly maxMemorySlots?: number
  readonly memoryKiB?: number
  readonly currentMemoryKiB?: number
  readonly dumpCore?: boolean
  /** Maximum number of vCPUs. */
  readonly vcpus: number
  /** How many of them are there at start. */
  readonly vcpuCurrent?: number
  readonly vcpuCpuset?: readonly number[]
  readonly vcpuPlacement?: 'static' | 'auto'
  readonly vcpuList?: readonly Vcpu[]
  readonly iothreads?: number
  readonly iothreadIds?: readonly IothreadId[]
  readonly defaultIothread?: ThreadPool
  /** `<genid>`: a number that changes whenever the guest goes back in time. */
  readonly genid?: string
  readonly blkiotune?: Blkiotune
  readonly memtune?: Memtune
  readonly memoryBacking?: MemoryBacking
  readonly cputune?: Cputune
  readonly numatune?: Numatune
  readonly resource?: Resource
  readonly sysinfo?: readonly Sysinfo[]
  readonly idmap?: Idmap
  readonly os: Os
  readonly features?: Features
  readonly cpu?: Cpu
  readonly clock?: Clock
  readonly onPoweroff?: LifecycleAction
  readonly onReboot?: LifecycleAction
  readonly onCrash?: CrashAction
  readonly onLockfailure?: LockFailureAction
  readonly perf?: readonly PerfEvent[]
  readonly pmSuspendToMem?: boolean
  readonly pmSuspendToDisk?: boolean
  readonly devices: Devices
  readonly seclabels?: readonly Seclabel[]
  readonly keywrap?: readonly KeywrapCipher[]
  readonly launchSecurity?: LaunchSecurity
  /** `<qemu:capabilities>`: what polyvirt shall believe of this QEMU beside what it says. */
  readonly qemuCapabilitiesAdd?: readonly string[]
  readonly qemuCapabilitiesDel?: readonly string[]
  /** `<qemu:override>`: properties of a device, by its alias, whatever polyvirt would say. */
  readonly qemuOverrides?: readonly QemuOverride[]
  readonly qemuDeprecation?: (typeof deprecationBehaviors)[number]
  /** `<qemu:arg>`: passed to QEMU behind everything else, unseen by any check. */
  readonly qemuArgs?: readonly string[]
  readonly qemuEnvironment?: readonly EnvironmentVariable[]
}

interface QemuArg {
  readonly value: string
}

const qemuArgXml: XmlFields<QemuArg> = { value: required(text('@value')) }

const environmentXml: XmlFields<EnvironmentVariable> = {
  name: required(text('@name')),
  value: text('@value'),
}

interface QemuCapability {
  readonly capability: string
}

const capabilityXml: XmlFields<QemuCapability> = { capability: required(text('@capability')) }

const capabilities = (path: string): XmlField<readonly string[]> =>
  mapped(
    list(path, capabilityXml),
    (all) => all.map((one) => one.capability),
    (names) => names.map((capability) => ({ capability })),
  )

export interface QemuProperty {
  readonly name: string
  readonly type?: 'string' | 'unsigned' | 'signed' | 'bool' | 'remove'
  readonly value?: string
}

/** What one device's frontend gets on the command line, property by property. */
export interface QemuOverride {
  readonly alias: string
  readonly properties?: readonly QemuProperty[]
}

const propertyXml: XmlFields<QemuProperty> = {
  name: required(text('@name')),
  type: oneOf('@type', ['string', 'unsigned', 'signed', 'bool', 'remove']),
  value: text('@value'),
}

const overrideXml: XmlFields<QemuOverride> = {
  alias: required(text('@alias')),
  properties: list('qemu:frontend/qemu:property', propertyXml),
}

export const domainXml: XmlFields<Domain> = {
  // `id` stands in the XML of a domain that runs; it is given out anew at each start.
  type: alongside(required(oneOf('@type', virtTypes, 'ERR_CONFIG_UNSUPPORTED')), '@id'),
  name: required(nameField),
  uuid: uuidField('uuid'),
  genid: generationId(),
  title: nonEmpty('title'),
  description: nonEmpty('description'),
  metadata: verbatim('metadata'),
  maxMemorySlots: integer('maxMemory/@slots', { min: 1, max: 256 }),
  maxMemoryKiB: sizeKiB('maxMemory'),
  dumpCore: onOff('memory/@dumpCore'),
  memoryKiB: sizeKiB('memory'),
  currentMemoryKiB: sizeKiB('currentMemory'),
  blkiotune: record('blkiotune', blkiotuneXml),
  memtune: record('memtune', memtuneXml),
  memoryBacking: record('memoryBacking', memoryBackingXml),
  vcpuPlacement: oneOf('vcpu/@placement', ['static', 'auto']),
  vcpuCpuset: cpuset('vcpu/@cpuset'),
  vcpuCurrent: integer('vcpu/@current', { min: 1, max: 0xffffffff, what: 'a number of vCPUs' }),
  vcpus: fallback(integer('vcpu', { min: 1, max: 0xffffffff, what: 'a number of vCPUs' }), 1),
  vcpuList: list('vcpus/vcpu', vcpuXml),
  iothreads: integer('iothreads', { max: 1024, what: 'a number of I/O threads' }),
  iothreadIds: list('iothreadids/iothread', iothreadIdXml),
  defaultIothread: record('defaultiothread', threadPoolXml),
  cputune: record('cputune', cputuneXml),
  numatune: record('numatune', numatuneXml),
  resource: record('resource', resourceXml),
  sysinfo: list('sysinfo', sysinfoXml),
  os: required(record('os', osXml)),
  idmap: record('idmap', idmapXml),
  features: record('features', featuresXml),
  cpu: record('cpu', cpuXml),
  clock: record('clock', clockXml),
  onPoweroff: oneOf('on_poweroff', lifecycleActions),
  onReboot: oneOf('on_reboot', lifecycleActions),
  onCrash: oneOf('on_crash', crashActions),
  onLockfailure: oneOf('on_lockfailure', lockFailureActions),
  pmSuspendToMem: yesNo('pm/suspend-to-mem/@enabled'),
  pmSuspendToDisk: yesNo('pm/suspend-to-disk/@enabled'),
  perf: list('perf/event', perfEventXml),
  devices: fallback(record('devices', devicesXml), {}),
  seclabels: list('seclabel', seclabelXml),
  keywrap: list('keywrap/cipher', keywrapCipherXml),
  launchSecurity: record('launchSecurity', launchSecurityXml),
  qemuArgs: mapped(
    // Documents that two tools wrote have the element twice; libvirt takes all of it.
    {
      ...list('qemu:commandline/qemu:arg', qemuArgXml),
      knows: ['qemu:commandline*/qemu:arg*'],
    },
    (args) => args.map((arg) => arg.value),
    (values) => values.map((value) => ({ value })),
  ),
  qemuEnvironment: list('qemu:commandline/qemu:env', environmentXml),
  qemuCapabilitiesAdd: capabilities('qemu:capabilities/qemu:add'),
  qemuCapabilitiesDel: capabilities('qemu:capabilities/qemu:del'),
  qemuOverrides: list('qemu:override/qemu:device', overrideXml),
  qemuDeprecation: oneOf('qemu:deprecation/@behavior', deprecationBehaviors),
}

/** `<genid/>` alone asks for a number of polyvirt's choice: the empty one, until a default says which. */
function generationId(): XmlField<string> {
  const field = uuidField('genid')
  const any = text('genid')
  return { ...field, read: (scope) => (any.read(scope) === '' ? '' : field.read(scope)) }
}
