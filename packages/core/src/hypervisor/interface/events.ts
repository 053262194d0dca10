/** What every event has. */
interface EventOf<Name extends string> {
  /** The domain; `id` while it runs. */
  readonly domain: { readonly name: string; readonly uuid: string; readonly id?: number }
  readonly event: Name
  /** Milliseconds since the epoch: by QEMU's clock where QEMU told of it. */
  readonly timestampMs: number
}

/** An event of one device, by its alias: `virtio-disk1`. */
interface DeviceEvent<Name extends string> extends EventOf<Name> {
  readonly alias: string
}

/** libvirt's `lifecycle`: a domain came, went, or is in another state. */
export interface StateEvent extends EventOf<
  | 'defined'
  | 'undefined'
  | 'started'
  | 'suspended'
  | 'resumed'
  | 'stopped'
  | 'shutdown'
  | 'pmsuspended'
  | 'crashed'
> {
  /** Why, in a word: `booted`, `destroyed`. */
  readonly detail: string
}

export interface RebootEvent extends EventOf<'rebooted'> {
  /** Who reset the guest, in QEMU's word: `guest-reset`, `host-qmp-system-reset`. */
  readonly detail: string
}

export interface WatchdogEvent extends EventOf<'watchdog'> {
  /** What was made of it: `reset`, `pause`. */
  readonly detail: string
}

/** A threshold of `domainSetBlockThreshold` was crossed; it is gone then. */
export interface BlockThresholdEvent extends EventOf<'block-threshold'> {
  /** The image, as `vda` or `vda[2]`; QEMU's name of the node where the definition has no such image. */
  readonly disk: string
  readonly path?: string
  readonly thresholdBytes: number
  readonly excessBytes: number
}

/** The guest has set its clock. */
export interface RtcChangeEvent extends EventOf<'rtc-change'> {
  /** Seconds from the base of the clock; from UTC with `<clock offset='variable'>`. */
  readonly offsetSeconds: number
}

/** libvirt's `io-error` and `io-error-reason`: a request of the guest's failed on the host. */
export interface IoErrorEvent extends EventOf<'io-error'> {
  /** The disk's alias and its file; empty where the definition has no such disk. */
  readonly alias: string
  readonly path: string
  /** What was made of it: nothing, the guest was paused, or the guest was told. */
  readonly action: 'none' | 'pause' | 'report'
  /** `enospc` where the host has no space left; else empty. */
  readonly reason: string
}

/** One end of a connection to a display. */
export interface GraphicsEnd {
  readonly family: string
  /** Host and port; of a socket in the file system, nothing and its path. */
  readonly node: string
  readonly service: string
}

/** A viewer of a display came, was let in, or left. */
export interface GraphicsEvent extends EventOf<'graphics'> {
  readonly phase: 'connect' | 'initialize' | 'disconnect'
  readonly local: GraphicsEnd
  readonly remote: GraphicsEnd
  /** How viewers prove who they are; empty where QEMU does not say. */
  readonly authScheme: string
  /** Who it is, where that was proven. */
  readonly identities: readonly {
    readonly type: 'x509dname' | 'saslUsername'
    readonly name: string
  }[]
}

/** QEMU's monitor broke while its guest runs on: no more is told of this run by it. */
export type ControlErrorEvent = EventOf<'control-error'>

/** libvirt's `block-job` (by path) and `block-job-2` (by target). */
export interface BlockJobEvent extends EventOf<'block-job'> {
  /** The disk's target: `vda`. */
  readonly disk: string
  /** The file that the disk is on then; absent where it is on none. */
  readonly path?: string
  readonly job: 'pull' | 'copy' | 'commit' | 'active-commit' | 'backup'
  readonly status: 'completed' | 'failed' | 'canceled' | 'ready'
}

/** A disk whose image may be missing at the start started without it. */
export interface DiskChangeEvent extends DeviceEvent<'disk-change'> {
  readonly oldPath?: string
  readonly newPath?: string
  /** `changed`: the drive is empty; `dropped`: the guest has no such disk. */
  readonly reason: 'changed' | 'dropped'
}

export interface TrayChangeEvent extends DeviceEvent<'tray-change'> {
  readonly tray: 'opened' | 'closed'
}

/** The guest sleeps, in memory or on its disk, or has woken. */
export type PowerEvent = EventOf<'pm-wakeup' | 'pm-suspend' | 'pm-suspend-disk'>

export interface BalloonChangeEvent extends EventOf<'balloon-change'> {
  /** What the guest has now, in KiB. */
  readonly sizeKiB: number
}

/** A device was plugged in, is out, or stays although it was asked to go. */
export type PlugEvent = DeviceEvent<'device-added' | 'device-removed' | 'device-removal-failed'>

/** Limits or places of the running guest were changed. */
export interface TunableEvent extends EventOf<'tunable'> {
  /** By libvirt's names: `cputune.vcpupin0`, `blkdeviotune.total_bytes_sec`. */
  readonly changes: Readonly<Record<string, string | number>>
}

/** The agent in the guest has opened its channel, or closed it. */
export interface AgentLifecycleEvent extends EventOf<'agent-lifecycle'> {
  readonly state: 'connected' | 'disconnected'
  readonly reason: 'domain started' | 'channel event'
}

export interface MigrationIterationEvent extends EventOf<'migration-iteration'> {
  /** Which pass over the memory begins, from 1. */
  readonly iteration: number
}

/** Long work on the domain is done. */
export interface JobCompletedEvent extends EventOf<'job-completed'> {
  /** By libvirt's names and in its units: times in ms, amounts in bytes. */
  readonly stats: Readonly<Record<string, string | number | boolean>>
}

export interface MetadataChangeEvent extends EventOf<'metadata-change'> {
  readonly metadata: 'description' | 'title' | 'element'
  /** The namespace of the element. */
  readonly uri?: string
}

/** The host found a fault in memory that the guest uses. */
export interface MemoryFailureEvent extends EventOf<'memory-failure'> {
  readonly recipient: string
  /** What was made of it: `ignore`, `inject`, `fatal` or `reset`. */
  readonly action: string
  readonly actionRequired: boolean
  readonly recursive: boolean
}

/** A memory device gave or took as much as was asked of it. */
export interface MemoryDeviceSizeEvent extends DeviceEvent<'memory-device-size-change'> {
  /** What it gives now, in KiB. */
  readonly sizeKiB: number
}

/** What happens to domains, told apart by `event`. */
export type DomainEvent =
  | StateEvent
  | RebootEvent
  | WatchdogEvent
  | BlockThresholdEvent
  | RtcChangeEvent
  | IoErrorEvent
  | GraphicsEvent
  | ControlErrorEvent
  | BlockJobEvent
  | DiskChangeEvent
  | TrayChangeEvent
  | PowerEvent
  | BalloonChangeEvent
  | PlugEvent
  | TunableEvent
  | AgentLifecycleEvent
  | MigrationIterationEvent
  | JobCompletedEvent
  | MetadataChangeEvent
  | MemoryFailureEvent
  | MemoryDeviceSizeEvent

/** What an event says beside whom it is of, and when. */
export type EventFacts = DomainEvent extends infer One
  ? One extends DomainEvent
    ? Omit<One, 'domain' | 'timestampMs'>
    : never
  : never

/** What happens to a document of a driver's. */
interface StoredEventOf<Name extends string> {
  readonly event: Name
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
}

interface Named {
  readonly name: string
  readonly uuid: string
}

export interface NetworkEvent extends StoredEventOf<
  'defined' | 'undefined' | 'started' | 'stopped'
> {
  readonly network: Named
}

/** `created` and `deleted` are of what the pool is on: its folder. */
export interface StoragePoolEvent extends StoredEventOf<
  'defined' | 'undefined' | 'started' | 'stopped' | 'created' | 'deleted' | 'refreshed'
> {
  readonly pool: Named
}

export interface SecretEvent extends StoredEventOf<'defined' | 'undefined' | 'value-changed'> {
  readonly secret: { readonly uuid: string }
}

/** How long events are waited for: until this aborts. */
export interface WatchOptions {
  readonly signal?: AbortSignal
}

/** What happens from now on, made by whichever process. Each ends with its signal, and with the connection. */
export interface EventVerbs {
  /**
   * What happens to domains, as it happens: each QEMU tells, and so does the store that all processes
   * of a root write. A QEMU that dies is seen at once.
   */
  domainEvents(options?: WatchOptions): AsyncIterable<DomainEvent>
  networkEvents(options?: WatchOptions): AsyncIterable<NetworkEvent>
  storagePoolEvents(options?: WatchOptions): AsyncIterable<StoragePoolEvent>
  secretEvents(options?: WatchOptions): AsyncIterable<SecretEvent>
}
