import type { Problem } from '../errors.ts'

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
export interface Hypervisor extends AsyncDisposable {
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
  nodeGetInfo(): Promise<NodeInfo>

  /** Active and inactive domains: active ones first by id, then the others by name. */
  connectListAllDomains(filter?: DomainFilter): Promise<readonly DomainSummary[]>
  domainLookup(reference: DomainReference): Promise<DomainSummary>

  domainDefineXml(xml: string, options?: DefineOptions): Promise<DefineResult>
  domainUndefine(reference: DomainReference): Promise<DomainSummary>
  /** Starts a defined domain. */
  domainCreate(reference: DomainReference, options?: CreateOptions): Promise<DomainSummary>
  /** Starts a transient domain, which is gone when it stops. */
  domainCreateXml(xml: string, options?: DefineOptions & CreateOptions): Promise<DefineResult>
  /** Asks the guest to power off; returns when it has been asked. */
  domainShutdown(reference: DomainReference): Promise<void>
  domainReboot(reference: DomainReference): Promise<void>
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
  /** What happens to domains, from now on. Ends when the signal aborts. */
  domainEvents(options?: { readonly signal?: AbortSignal }): AsyncIterable<DomainEvent>
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

export interface CreateOptions {
  readonly paused?: boolean
  /** The guest dies with this connection. */
  readonly autodestroy?: boolean
  readonly signal?: AbortSignal
  /** Called as the start goes on: `plan`, `probe`, `spawn`, `monitor`, `running`. */
  readonly onPhase?: (phase: string) => void
}

export interface XmlDescOptions {
  /** The stored definition, even while the domain runs. */
  readonly inactive?: boolean
  /** Passwords stay in. */
  readonly securityInfo?: boolean
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
  readonly warnings: readonly Problem[]
  /** The document with everything added, as `dumpxml` would print it. */
  readonly xml: string
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

/** libvirt's lifecycle and reboot events. */
export interface DomainEvent {
  readonly domain: { readonly name: string; readonly uuid: string; readonly id?: number }
  readonly event:
    | 'defined'
    | 'undefined'
    | 'started'
    | 'suspended'
    | 'resumed'
    | 'stopped'
    | 'shutdown'
    | 'rebooted'
    | 'crashed'
  readonly detail: string
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
}
