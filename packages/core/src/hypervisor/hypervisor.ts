import type { HostFinding, HostInfo } from '../arch/host-info.ts'
import type { Problem } from '../errors.ts'
import type { AgentVerbs } from './interface/agent.ts'
import type { BackupVerbs } from './interface/backups.ts'
import type { BlockVerbs } from './interface/blocks.ts'
import type { CheckpointVerbs } from './interface/checkpoints.ts'
import type { DefinitionVerbs } from './interface/definitions.ts'
import type { DeviceVerbs } from './interface/devices.ts'
import type { EventVerbs } from './interface/events.ts'
import type { MigrationVerbs } from './interface/migration.ts'
import type { NetworkVerbs } from './interface/networks.ts'
import type { NodeDeviceVerbs } from './interface/node-devices.ts'
import type { SaveVerbs } from './interface/saving.ts'
import type { SecretVerbs } from './interface/secrets.ts'
import type { SnapshotVerbs } from './interface/snapshots.ts'
import type { StatisticsVerbs } from './interface/statistics.ts'
import type { StorageVerbs } from './interface/storage.ts'
import type { SupervisionVerbs } from './interface/supervision.ts'
import type { TuningVerbs } from './interface/tuning.ts'

export type * from './interface/agent.ts'
export type * from './interface/backups.ts'
export type * from './interface/blocks.ts'
export type * from './interface/checkpoints.ts'
export type * from './interface/definitions.ts'
export type * from './interface/devices.ts'
export type * from './interface/events.ts'
export type * from './interface/migration.ts'
export type * from './interface/networks.ts'
export type * from './interface/node-devices.ts'
export type * from './interface/saving.ts'
export type * from './interface/secrets.ts'
export type * from './interface/snapshots.ts'
export type * from './interface/statistics.ts'
export type * from './interface/storage.ts'
export type * from './interface/supervision.ts'
export type * from './interface/tuning.ts'

/**
 * A connection to something that runs domains: libvirt's `virConnect` and `virDomain`, with
 * libvirt's verbs.
 *
 * Everything that crosses this interface is plain data, or a byte stream, so that an embedded
 * hypervisor, a client of a remote one and a server can all be behind it. A domain is named by a
 * {@link DomainReference}: its name, its UUID, or its id while it runs (looked up id, then UUID,
 * then name, as virsh does).
 *
 * Every method rejects with a `DomainError`; a call that rejects has changed nothing.
 */
export interface Hypervisor
  extends
    AsyncDisposable,
    DefinitionVerbs,
    DeviceVerbs,
    TuningVerbs,
    StatisticsVerbs,
    AgentVerbs,
    SaveVerbs,
    BlockVerbs,
    SnapshotVerbs,
    BackupVerbs,
    CheckpointVerbs,
    MigrationVerbs,
    SupervisionVerbs,
    NodeDeviceVerbs,
    EventVerbs,
    NetworkVerbs,
    StorageVerbs,
    SecretVerbs {
  /** `qemu:///system`, `qemu:///session` or `qemu:///embed?root=DIR`. */
  readonly uri: string
  close(): Promise<void>

  /** Versions of this library and of the emulators of the installed architectures. */
  connectGetVersion(): Promise<VersionInfo>
  connectGetHostname(): Promise<string>
  /** `<capabilities>` in libvirt's format: the host, and what it can run. */
  connectGetCapabilities(): Promise<string>
  /** `<domainCapabilities>` in libvirt's format for one emulator, machine and virtualization type. */
  connectGetDomainCapabilities(options: DomainCapabilitiesOptions): Promise<string>
  /** `<sysinfo type='smbios'>` of the host, in libvirt's format. */
  connectGetSysinfo(): Promise<string>
  /** CPU models of an architecture, in the driver's order; empty where any QEMU model will do. */
  connectGetCpuModelNames(arch: string): Promise<readonly string[]>
  /**
   * Can this host run that CPU? `xml` is a `<cpu>`, a `<domain>` or a `<capabilities>` document.
   * `failIncompatible` makes an incompatible one an error that says why.
   */
  connectCompareCpu(xml: string, options?: CompareCpuOptions): Promise<CpuComparisonResult>
  /** The same for what one emulator makes of this host. */
  connectCompareHypervisorCpu(
    xml: string,
    options?: CompareCpuOptions & DomainCapabilitiesOptions,
  ): Promise<CpuComparisonResult>
  /** The best `<cpu>` that all of these can run: documents as for comparing, each with any number. */
  connectBaselineCpu(xmls: readonly string[], options?: BaselineCpuOptions): Promise<string>
  connectBaselineHypervisorCpu(
    xmls: readonly string[],
    options?: BaselineCpuOptions & DomainCapabilitiesOptions,
  ): Promise<string>
  /**
   * Could this domain move to those hosts? Each is given by its `capabilities` document, and may
   * bring its `domainCapabilities` behind it.
   */
  connectCanMigrate(
    xml: string,
    hosts: readonly MigrationTarget[],
  ): Promise<readonly MigrationVerdict[]>
  /** What will work on this machine and what will not, in plain words. */
  connectDiagnose(options?: DiagnoseOptions): Promise<readonly Finding[]>

  nodeGetInfo(): Promise<NodeInfo>
  /** Everything that is known of this machine, as data. */
  nodeGetHostInfo(): Promise<HostInfo>
  nodeGetCpuMap(): Promise<NodeCpuMap>
  /** Time that CPUs have spent since boot; of all together where none is named. */
  nodeGetCpuStats(cpu?: number): Promise<NodeCpuStats>
  /** Memory of the host, or of one NUMA cell. */
  nodeGetMemoryStats(cell?: number): Promise<NodeMemoryStats>
  /** Free memory of each NUMA cell, rising by id. */
  nodeGetCellsFreeMemory(): Promise<readonly CellFreeMemory[]>

  /** Active and inactive domains: active ones first by id, then the others by name. */
  connectListAllDomains(filter?: DomainFilter): Promise<readonly DomainSummary[]>
  domainLookup(reference: DomainReference): Promise<DomainSummary>

  domainDefineXml(xml: string, options?: DefineOptions): Promise<DefineResult>
  /** Starts a defined domain. */
  domainCreate(reference: DomainReference, options?: CreateOptions): Promise<DomainSummary>
  /** Starts a transient domain, which is gone when it stops. */
  domainCreateXml(xml: string, options?: DefineOptions & CreateOptions): Promise<DefineResult>
  /** Asks the guest to power off; returns when it has been asked. */
  domainShutdown(reference: DomainReference, options?: PowerOptions): Promise<void>
  domainReboot(reference: DomainReference, options?: PowerOptions): Promise<void>
  /** Presses the reset button: the guest is not asked. */
  domainReset(reference: DomainReference): Promise<void>
  /** Pulls the plug. `graceful` sends only SIGTERM and gives up where that does not do. */
  domainDestroy(
    reference: DomainReference,
    options?: { readonly graceful?: boolean },
  ): Promise<void>
  domainSuspend(reference: DomainReference): Promise<void>
  domainResume(reference: DomainReference): Promise<void>
  domainSetAutostart(reference: DomainReference, autostart: boolean): Promise<void>

  domainGetState(reference: DomainReference): Promise<DomainState>
  domainGetInfo(reference: DomainReference): Promise<DomainInfo>
  domainGetXmlDesc(reference: DomainReference, options?: XmlDescOptions): Promise<string>
  /** The command line QEMU would get (format `qemu-argv`), as an array; nothing is started. */
  connectDomainXmlToNative(xml: string, options?: NativeOptions): Promise<NativeResult>
  domainXmlToNative(reference: DomainReference): Promise<NativeResult>
  /** Which defaults and addresses polyvirt would add to this document, and which rule adds each. */
  connectExplainXml(xml: string, options?: NativeOptions): Promise<Explanation>

  /** Opens a pty or unix character device of a running domain; the first console by default. */
  domainOpenConsole(reference: DomainReference, options?: ConsoleOptions): Promise<ConsoleStream>
}

export type DomainReference = string

export interface VersionInfo {
  /** polyvirt's own version, `0.1.0`. */
  readonly polyvirt: string
  /** Emulator versions by guest architecture; only those that are installed. */
  readonly emulators: readonly {
    readonly arch: string
    readonly emulator: string
    readonly version: string
  }[]
}

export interface DomainCapabilitiesOptions {
  readonly emulator?: string
  /** Guest architecture; the host's own when it is served, else the first installed. */
  readonly arch?: string
  readonly machine?: string
  readonly virtType?: 'kvm' | 'qemu'
}

/** libvirt's `virNodeInfo`. */
export interface NodeInfo {
  readonly model: string
  readonly memoryKiB: number
  readonly cpus: number
  readonly mhz: number
  readonly nodes: number
  readonly sockets: number
  readonly cores: number
  readonly threads: number
}

export interface CompareCpuOptions {
  readonly failIncompatible?: boolean
  /** Unknown elements and attributes are errors. */
  readonly validate?: boolean
}

export interface CpuComparisonResult {
  readonly result: 'identical' | 'superset' | 'incompatible'
  /** Why it is incompatible. */
  readonly reason?: string
}

export interface BaselineCpuOptions {
  /** All features are listed, those that are part of the model as well. */
  readonly expandFeatures?: boolean
  /** Features that block migration are left out. */
  readonly migratable?: boolean
}

export interface MigrationTarget {
  /** Names the host in the answer. */
  readonly name: string
  /** Its `<capabilities>` document. */
  readonly capabilities: string
  /** Its `<domainCapabilities>` of the emulator the domain would get, where it is at hand. */
  readonly domainCapabilities?: string
}

export interface MigrationVerdict {
  readonly host: string
  readonly possible: boolean
  /** Everything that stands in the way. */
  readonly problems: readonly Problem[]
  /** What could not be judged from the documents at hand. */
  readonly unknown: readonly string[]
}

export interface DiagnoseOptions {
  /** Another QEMU binary: which defined domains would not start, or would change, with it. */
  readonly against?: string
}

/** One thing {@link Hypervisor.connectDiagnose} tells. */
export interface Finding extends HostFinding {
  /** Guest architecture or domain that it is about; the machine when missing. */
  readonly subject?: string
}

/** libvirt's `virNodeGetCPUMap`. */
export interface NodeCpuMap {
  /** Numbers of CPUs that the machine has, online or not. */
  readonly present: readonly number[]
  readonly online: readonly number[]
}

/** Nanoseconds since boot. */
export interface NodeCpuStats {
  readonly userNs: number
  readonly systemNs: number
  readonly idleNs: number
  readonly iowaitNs: number
}

export interface NodeMemoryStats {
  readonly totalKiB: number
  readonly freeKiB: number
  /** Only of the whole host. */
  readonly buffersKiB?: number
  readonly cachedKiB?: number
}

export interface CellFreeMemory {
  readonly cell: number
  readonly freeKiB: number
}

export interface DomainFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
  readonly state?: readonly DomainStateName[]
}

/** libvirt's `virDomainState`, in the words virsh prints. */
export type DomainStateName =
  | 'no state'
  | 'running'
  | 'idle'
  | 'paused'
  | 'in shutdown'
  | 'shut off'
  | 'crashed'
  | 'pmsuspended'

export interface DomainState {
  readonly state: DomainStateName
  /** libvirt's reason in virsh's word: `booted`, `user`, `destroyed`, `crashed`, `failed`, … */
  readonly reason: string
}

export interface DomainSummary extends DomainState {
  readonly name: string
  readonly uuid: string
  /** Positive while the domain is active. */
  readonly id?: number
  readonly arch: string
  readonly machine: string
  readonly virtType: string
  readonly persistent: boolean
  readonly autostart: boolean
  readonly title?: string
}

export interface DomainInfo extends DomainSummary {
  readonly maxMemoryKiB: number
  readonly memoryKiB: number
  readonly vcpus: number
  /** CPU time used by QEMU so far, in nanoseconds; 0 when shut off. */
  readonly cpuTimeNs: number
  readonly osType: string
  readonly emulator: string
  /** QEMU's process id while active. */
  readonly pid?: number
  /** Console devices that {@link Hypervisor.domainOpenConsole} can open, by alias. */
  readonly consoles: readonly string[]
  /** `vnc://127.0.0.1:5900`, `spice://…`, for display commands; empty while shut off. */
  readonly displays: readonly string[]
}

export interface DefineOptions {
  /** Unknown elements and attributes are errors rather than warnings. */
  readonly validate?: boolean
  /** Used where the document's `<type>` names no architecture. */
  readonly arch?: string
}

export interface DefineResult {
  readonly domain: DomainSummary
  readonly warnings: readonly Problem[]
}

export interface PowerOptions {
  /**
   * How the guest is asked: by its agent, or by the machine's own power button (ACPI, or what the
   * machine has in its place). The first that works; the button where none is named.
   */
  readonly modes?: readonly ('agent' | 'acpi')[]
  readonly signal?: AbortSignal
}

export interface CreateOptions {
  readonly paused?: boolean
  /** The guest dies with this connection. */
  readonly autodestroy?: boolean
  /** A managed save is thrown away, and the guest boots. */
  readonly forceBoot?: boolean
  readonly signal?: AbortSignal
  /** Called as the start goes on: `plan`, `probe`, `spawn`, `monitor`, `running`. */
  readonly onPhase?: (phase: string) => void
}

export interface XmlDescOptions {
  /** The stored definition, even while the domain runs. */
  readonly inactive?: boolean
  /** Passwords stay in. */
  readonly securityInfo?: boolean
  /** Without what is of this run alone, as another host or `migrate --xml` takes it. */
  readonly migratable?: boolean
}

export interface NativeOptions {
  readonly validate?: boolean
  readonly arch?: string
}

export interface NativeResult {
  /** The program and its arguments. */
  readonly argv: readonly string[]
  /** The scrubbed environment the program gets. */
  readonly environment: Readonly<Record<string, string>>
  readonly warnings: readonly Problem[]
}

export interface Explanation {
  readonly name: string
  readonly arch: string
  readonly machine: string
  readonly entries: readonly ExplanationEntry[]
  /** Capabilities of the machine that had to be negotiated with this host; none on most. */
  readonly capabilities: readonly NegotiatedCapability[]
  readonly warnings: readonly Problem[]
  /** The document with everything added, as `dumpxml` would print it. */
  readonly xml: string
}

/** A machine capability: what was asked for, what this host has, what the guest gets. */
export interface NegotiatedCapability {
  /** Path inside the domain: `features/cfpc`. */
  readonly path: string
  /** The level that the document names, if any. */
  readonly requested?: string
  /** QEMU's own choice for this machine, where it tells. */
  readonly default?: string
  /** Levels that this QEMU grants, with this accelerator on this host; weakest first. */
  readonly offered: readonly string[]
  /** What a run of the guest has; nothing where this QEMU does not have the capability. */
  readonly granted?: string
}

/** One thing that was not in the document. */
export interface ExplanationEntry {
  /** Path inside the domain: `devices/controller[2]/address`. */
  readonly path: string
  /** What was added, as text: `<address type='pci' …/>` or a value. */
  readonly value: string
  /** Short name of the rule: `machine/implicit-devices`, `devices/rng/default`. */
  readonly rule: string
  /** Whose rule it is: `@polyvirt/core` or the arch package. */
  readonly owner: string
  /** One sentence: why. */
  readonly reason: string
}

export interface ConsoleOptions {
  /** Alias (`serial0`, `console1`, `channel0`) instead of the first console. */
  readonly device?: string
  /** Take the console from another client. */
  readonly force?: boolean
  readonly signal?: AbortSignal
}

/** A two-way byte stream to a guest's character device. */
export interface ConsoleStream extends AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly device: string
  write(data: Uint8Array | string): Promise<void>
  close(): Promise<void>
}
