import type { ChangeTarget } from './devices.ts'
/** How a question to a running guest is asked. Nobody waits longer than this for an answer. */
export interface AskOptions {
  /** How long QEMU may take; 1 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** libvirt's `virDomainBlockInfo`, in bytes. */
export interface BlockInfo {
  /** What the guest sees. */
  readonly capacityBytes: number
  /** What is really taken on the host. */
  readonly allocationBytes: number
  /** How long the file or device is. */
  readonly physicalBytes: number
}

export interface BlockStats {
  readonly readRequests: number
  readonly readBytes: number
  readonly readTimeNs: number
  readonly writeRequests: number
  readonly writeBytes: number
  readonly writeTimeNs: number
  readonly flushRequests: number
  readonly flushTimeNs: number
  readonly errors: number
}

export interface InterfaceStats {
  readonly rxBytes: number
  readonly rxPackets: number
  readonly rxErrors: number
  readonly rxDrops: number
  readonly txBytes: number
  readonly txPackets: number
  readonly txErrors: number
  readonly txDrops: number
}

/** In KiB; what the guest's balloon driver does not tell is missing. */
export interface MemoryStats {
  readonly actualKiB: number
  /** QEMU's resident memory on the host. */
  readonly rssKiB: number
  readonly swapInKiB?: number
  readonly swapOutKiB?: number
  readonly majorFaults?: number
  readonly minorFaults?: number
  readonly unusedKiB?: number
  readonly availableKiB?: number
  readonly usableKiB?: number
  readonly diskCachesKiB?: number
  /** When the guest told last, in seconds since the epoch. */
  readonly lastUpdate?: number
}

export interface CpuStats {
  readonly cpuTimeNs: number
  readonly userTimeNs: number
  readonly systemTimeNs: number
}

export interface VcpuInfo {
  readonly vcpu: number
  /** As libvirt has it for QEMU: one that is plugged in is running, whether it idles or not. */
  readonly state: 'running' | 'blocked' | 'offline'
  /** Host CPU it ran on last. */
  readonly cpu?: number
  readonly cpuTimeNs?: number
  /** How long it waited for something else than a CPU, where the kernel keeps that; 0 else. */
  readonly waitNs?: number
  /** How long it waited for a CPU. */
  readonly delayNs?: number
  /** Host CPUs it may run on. */
  readonly affinity?: readonly number[]
}

export const statsGroups = [
  'state',
  'cpu-total',
  'balloon',
  'vcpu',
  'interface',
  'block',
  'iothread',
  'dirtyrate',
] as const
export type StatsGroup = (typeof statsGroups)[number]

/** One domain's record: `virsh domstats` prints each entry as `name=value`. */
export interface DomainStatsRecord {
  readonly domain: { readonly name: string; readonly uuid: string; readonly id?: number }
  readonly stats: Readonly<Record<string, number | string | boolean>>
  /** What QEMU did not tell in time; the rest is from the last known truth. */
  readonly missing: readonly StatsGroup[]
}

export interface StatsOptions extends AskOptions {
  /** Domains that are wanted; all where missing. */
  readonly domains?: readonly string[]
  readonly groups?: readonly StatsGroup[]
  readonly active?: boolean
  /** The images below those in use as well, each as a device of the block group. */
  readonly backing?: boolean
}

export interface SendKeyOptions {
  /** How long the keys are held; 100 ms. */
  readonly holdMs?: number
  /** Names that the keys are given in; `linux`. */
  readonly codeset?: 'linux' | 'xt' | 'atset1' | 'xt_kbd' | 'qnum' | 'rfb'
}

/** Questions about a guest, none of which waits for who changes it. */
export interface StatisticsVerbs {
  /** Sizes of a disk's image, named by target; also of a domain that is shut off. */
  domainGetBlockInfo(reference: string, disk: string, options?: AskOptions): Promise<BlockInfo>
  /** Of one disk, or of all together. */
  domainGetBlockStats(reference: string, disk?: string, options?: AskOptions): Promise<BlockStats>
  /** Of a card that has a device on the host, named by MAC address, target or alias. */
  domainGetInterfaceStats(reference: string, card: string): Promise<InterfaceStats>
  domainGetMemoryStats(reference: string, options?: AskOptions): Promise<MemoryStats>
  /** Has the guest's balloon driver tell of its memory every so many seconds; 0 for never. */
  domainSetMemoryStatsPeriod(
    reference: string,
    seconds: number,
    options?: ChangeTarget,
  ): Promise<void>
  domainGetCpuStats(reference: string): Promise<CpuStats>
  domainGetVcpus(reference: string, options?: AskOptions): Promise<readonly VcpuInfo[]>
  connectGetAllDomainStats(options?: StatsOptions): Promise<readonly DomainStatsRecord[]>
  /** A picture of the screen, as PNG. `screen` counts the video devices. */
  domainScreenshot(
    reference: string,
    options?: AskOptions & { readonly screen?: number },
  ): Promise<Uint8Array>
  /** Presses keys together: names such as `KEY_LEFTCTRL`, or numbers of the codeset. */
  domainSendKey(
    reference: string,
    keys: readonly (string | number)[],
    options?: SendKeyOptions,
  ): Promise<void>
  domainInjectNmi(reference: string): Promise<void>
  /** Wakes a guest that has suspended itself. */
  domainPmWakeup(reference: string): Promise<void>
  /** A command of the monitor as JSON, or of the human one (`hmp`); its answer as it comes. */
  domainQemuMonitorCommand(
    reference: string,
    command: string,
    options?: AskOptions & { readonly hmp?: boolean },
  ): Promise<string>
}
