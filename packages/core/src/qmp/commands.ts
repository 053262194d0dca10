import type { QemuVersion } from './greeting.ts'

/** QAPI's `RunState`; a newer QEMU may know more. */
export type RunState =
  | 'debug'
  | 'finish-migrate'
  | 'inmigrate'
  | 'internal-error'
  | 'io-error'
  | 'paused'
  | 'postmigrate'
  | 'prelaunch'
  | 'restore-vm'
  | 'running'
  | 'save-vm'
  | 'shutdown'
  | 'suspended'
  | 'watchdog'
  | 'guest-panicked'
  | 'colo'
  | (string & {})

export interface StatusInfo {
  readonly status: RunState
  readonly running: boolean
}

export interface MachineInfo {
  readonly name: string
  readonly alias?: string
  readonly 'is-default'?: boolean
  readonly 'cpu-max': number
  readonly 'hotpluggable-cpus': boolean
  readonly 'numa-mem-supported': boolean
  readonly deprecated: boolean
  readonly 'default-cpu-type'?: string
  readonly 'default-ram-id'?: string
  /** Since QEMU 8.2. */
  readonly acpi?: boolean
}

export interface CpuDefinitionInfo {
  readonly name: string
  readonly typename: string
  readonly static: boolean
  readonly 'migration-safe'?: boolean
  readonly 'unavailable-features'?: readonly string[]
  readonly 'alias-of'?: string
  /** Since QEMU 5.2. */
  readonly deprecated?: boolean
}

export interface CpuModelInfo {
  readonly name: string
  readonly props?: Readonly<Record<string, unknown>>
}

export interface ObjectTypeInfo {
  readonly name: string
  readonly abstract?: boolean
  readonly parent?: string
}

export interface ObjectPropertyInfo {
  readonly name: string
  readonly type: string
  readonly description?: string
  readonly 'default-value'?: unknown
}

export interface CommandLineOptionInfo {
  readonly option: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: string
    readonly help?: string
    readonly default?: string
  }[]
}

export interface ChardevInfo {
  readonly label: string
  /** `pty:/dev/pts/3`, `unix:PATH,server=on`, … */
  readonly filename: string
  readonly 'frontend-open': boolean
}

export interface VncInfo {
  readonly enabled: boolean
  readonly host?: string
  readonly service?: string
  readonly family?: string
  readonly auth?: string
}

export interface SpiceInfo {
  readonly enabled: boolean
  readonly host?: string
  readonly port?: number
  readonly 'tls-port'?: number
}

/** QAPI's `ImageInfo`; the image below it is described the same way. */
export interface ImageInfo {
  readonly filename: string
  readonly format: string
  readonly 'virtual-size'?: number
  readonly 'actual-size'?: number
  readonly 'backing-image'?: ImageInfo
}

/** A record of what is written to an image. */
export interface DirtyBitmapInfo {
  readonly name?: string
  /** Bytes that have been written since. */
  readonly count: number
  readonly recording: boolean
  readonly persistent: boolean
  /** A QEMU that had it open did not come to its end: it is worth nothing. */
  readonly inconsistent?: boolean
}

export interface BlockInfo {
  readonly device: string
  readonly qdev?: string
  readonly removable: boolean
  readonly locked: boolean
  readonly tray_open?: boolean
  readonly 'io-status'?: string
  readonly inserted?: {
    readonly file: string
    readonly 'node-name'?: string
    readonly ro: boolean
    readonly drv: string
    readonly image?: ImageInfo
    readonly 'dirty-bitmaps'?: readonly DirtyBitmapInfo[]
  }
}

/** Counters of one block device; `stats` is numbers, and more with each QEMU. */
export interface BlockStatsInfo {
  readonly qdev?: string
  readonly 'node-name'?: string
  readonly stats: Readonly<Record<string, unknown>>
  readonly parent?: { readonly stats: Readonly<Record<string, unknown>> }
  /** The image below. */
  readonly backing?: BlockStatsInfo
}

export interface PciBusInfo {
  readonly bus: number
  readonly devices: readonly PciDeviceInfo[]
}

export interface PciDeviceInfo {
  readonly bus: number
  readonly slot: number
  readonly function: number
  readonly qdev_id: string
  readonly id: { readonly vendor: number; readonly device: number }
  readonly class_info: { readonly class: number; readonly desc?: string }
  /** `bus` and `devices` of the bus behind a bridge. */
  readonly pci_bridge?: Readonly<Record<string, unknown>>
}

export interface CpuInfoFast {
  readonly 'cpu-index': number
  readonly 'qom-path': string
  readonly 'thread-id': number
  readonly target: string
  readonly props?: Readonly<Record<string, unknown>>
}

export interface HotpluggableCpu {
  readonly type: string
  readonly 'vcpus-count': number
  readonly props: Readonly<Record<string, unknown>>
  readonly 'qom-path'?: string
}

export interface MemoryDeviceInfo {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface IoThreadInfo {
  readonly id: string
  readonly 'thread-id': number
  readonly 'poll-max-ns'?: number
  readonly 'poll-grow'?: number
  readonly 'poll-shrink'?: number
}

export interface RxFilterInfo {
  readonly name: string
  readonly promiscuous: boolean
  readonly 'main-mac': string
}

/** What QEMU does by itself; QAPI's four actions, with the values of QEMU 7.2. */
export interface ActionArguments {
  readonly reboot?: 'reset' | 'shutdown'
  readonly shutdown?: 'poweroff' | 'pause'
  readonly panic?: 'pause' | 'shutdown' | 'exit-failure' | 'none'
  readonly watchdog?: 'reset' | 'shutdown' | 'poweroff' | 'pause' | 'debug' | 'none' | 'inject-nmi'
}

/** Arguments and return of one command; `undefined` arguments need not be given. */
interface Command<Arguments, Return> {
  readonly arguments: Arguments
  readonly return: Return
}

type Query<Return> = Command<undefined, Return>
/** QEMU answers `{}`. */
type Action<Arguments = undefined> = Command<Arguments, unknown>
type Path = { readonly path: string; readonly property: string }
/** `id` and whatever properties the type takes. */
type Properties = { readonly [property: string]: unknown }

/** The commands a domain manager needs, of QEMU 7.2 to 10. */
export interface QmpCommandMap {
  readonly qmp_capabilities: Action<{ readonly enable?: readonly string[] } | undefined>
  readonly 'query-status': Query<StatusInfo>
  readonly 'query-version': Query<QemuVersion>
  readonly 'query-target': Query<{ readonly arch: string }>
  readonly 'query-kvm': Query<{ readonly enabled: boolean; readonly present: boolean }>
  readonly 'query-name': Query<{ readonly name?: string }>
  readonly 'query-uuid': Query<{ readonly UUID: string }>
  readonly 'query-commands': Query<readonly { readonly name: string }[]>
  readonly 'query-machines': Query<readonly MachineInfo[]>
  readonly 'query-current-machine': Query<{ readonly 'wakeup-suspend-support': boolean }>
  readonly 'query-cpu-definitions': Query<readonly CpuDefinitionInfo[]>
  readonly 'query-cpu-model-expansion': Command<
    { readonly type: 'static' | 'full'; readonly model: CpuModelInfo },
    { readonly model: CpuModelInfo }
  >
  readonly 'query-command-line-options': Command<
    { readonly option?: string } | undefined,
    readonly CommandLineOptionInfo[]
  >
  readonly 'query-qmp-schema': Query<readonly Readonly<Record<string, unknown>>[]>
  readonly 'query-chardev': Query<readonly ChardevInfo[]>
  readonly 'query-vnc': Query<VncInfo>
  readonly 'query-spice': Query<SpiceInfo>
  readonly 'query-balloon': Query<{ readonly actual: number }>
  readonly 'query-block': Query<readonly BlockInfo[]>
  readonly 'query-blockstats': Query<readonly BlockStatsInfo[]>
  readonly 'query-pci': Query<readonly PciBusInfo[]>
  readonly 'query-cpus-fast': Query<readonly CpuInfoFast[]>
  readonly 'query-hotpluggable-cpus': Query<readonly HotpluggableCpu[]>
  readonly 'query-memory-size-summary': Query<{
    readonly 'base-memory': number
    readonly 'plugged-memory'?: number
  }>
  readonly 'query-memory-devices': Query<readonly MemoryDeviceInfo[]>
  readonly 'query-iothreads': Query<readonly IoThreadInfo[]>
  readonly 'query-rx-filter': Command<
    { readonly name?: string } | undefined,
    readonly RxFilterInfo[]
  >
  readonly 'qom-list': Command<{ readonly path: string }, readonly ObjectPropertyInfo[]>
  readonly 'qom-get': Command<Path, unknown>
  readonly 'qom-set': Action<Path & { readonly value: unknown }>
  readonly 'qom-list-types': Command<
    { readonly implements?: string; readonly abstract?: boolean } | undefined,
    readonly ObjectTypeInfo[]
  >
  readonly 'qom-list-properties': Command<
    { readonly typename: string },
    readonly ObjectPropertyInfo[]
  >
  readonly 'device-list-properties': Command<
    { readonly typename: string },
    readonly ObjectPropertyInfo[]
  >
  readonly cont: Action
  readonly stop: Action
  readonly quit: Action
  readonly system_powerdown: Action
  readonly system_reset: Action
  readonly system_wakeup: Action
  /** Limits of a disk: bytes and operations a second, 0 for none. */
  readonly block_set_io_throttle: Action<
    { readonly id: string } & Readonly<Record<string, number | string>>
  >
  readonly 'inject-nmi': Action
  readonly 'set-action': Action<ActionArguments>
  readonly balloon: Action<{ readonly value: number }>
  readonly device_add: Action<Properties & { readonly driver: string }>
  readonly device_del: Action<{ readonly id: string }>
  readonly 'object-add': Action<Properties & { readonly 'qom-type': string; readonly id: string }>
  readonly 'object-del': Action<{ readonly id: string }>
  readonly netdev_add: Action<Properties & { readonly type: string; readonly id: string }>
  readonly netdev_del: Action<{ readonly id: string }>
  readonly 'blockdev-add': Action<Properties & { readonly driver: string }>
  readonly 'blockdev-del': Action<{ readonly 'node-name': string }>
  readonly 'chardev-add': Command<
    { readonly id: string; readonly backend: Properties },
    { readonly pty?: string }
  >
  readonly 'chardev-remove': Action<{ readonly id: string }>
  readonly set_link: Action<{ readonly name: string; readonly up: boolean }>
  readonly set_password: Action<{
    readonly protocol: 'vnc' | 'spice'
    readonly password: string
    readonly connected?: 'keep' | 'fail' | 'disconnect'
  }>
  readonly expire_password: Action<{ readonly protocol: 'vnc' | 'spice'; readonly time: string }>
  readonly screendump: Action<{
    readonly filename: string
    readonly device?: string
    readonly head?: number
    readonly format?: 'ppm' | 'png'
  }>
  readonly 'human-monitor-command': Command<
    { readonly 'command-line': string; readonly 'cpu-index'?: number },
    string
  >
}

export type QmpCommandName = keyof QmpCommandMap
export type QmpArguments<Name extends QmpCommandName> = QmpCommandMap[Name]['arguments']
export type QmpReturn<Name extends QmpCommandName> = QmpCommandMap[Name]['return']
