import type { Blkiotune, Memtune, Numatune } from '../../domain/tuning.ts'
import type { CrashAction } from '../../domain/domain.ts'
import type { Iotune } from '../../domain/devices/disk.ts'
import type { Bandwidth } from '../../domain/devices/interface.ts'
import type { ChangeTarget } from './devices.ts'

/** libvirt's `virDomainLifecycle`. */
export type LifecycleEvent = 'poweroff' | 'reboot' | 'crash'

export type { Iotune } from '../../domain/devices/disk.ts'
export type { Bandwidth, BandwidthLimit } from '../../domain/devices/interface.ts'

export interface SetVcpusOptions extends ChangeTarget {
  /** Changes how many there can be, which only a definition can (`--config`). */
  readonly maximum?: boolean
  /** The guest's agent takes vCPUs online and offline; QEMU's stay plugged. */
  readonly guest?: boolean
  /** How long the guest may take to let go of a vCPU; 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface VcpuCounts {
  readonly maximum: number
  readonly current: number
}

/**
 * What is to be different of a guest's limits: what is given replaces what was there, `undefined` takes a
 * limit away.
 */
export interface TuningChange {
  /** Shares, and quotas with their periods in microseconds; pins have verbs of their own. */
  readonly cputune?: Partial<
    Record<
      | 'shares'
      | 'period'
      | 'quota'
      | 'globalPeriod'
      | 'globalQuota'
      | 'emulatorPeriod'
      | 'emulatorQuota'
      | 'iothreadPeriod'
      | 'iothreadQuota',
      number | undefined
    >
  >
  readonly memtune?: Partial<Record<keyof Memtune, number | undefined>>
  readonly blkiotune?: {
    readonly weight?: number | undefined
    readonly devices?: Blkiotune['devices']
  }
  readonly numatune?: Partial<Pick<Numatune, 'mode' | 'nodeset'>>
}

/** What QEMU lets be changed of an I/O thread. */
export interface IothreadSettings {
  /** Longest time that it polls, in nanoseconds; 0 for not at all. */
  readonly pollMaxNs?: number
  /** What that time is multiplied with while it is too short; 0 for QEMU's own. */
  readonly pollGrow?: number
  /** What it is divided by while it is too long; 0 for back to nothing at once. */
  readonly pollShrink?: number
  readonly threadPoolMin?: number
  readonly threadPoolMax?: number
}

/** What a guest may use, changed while it runs or for its next start. */
export interface TuningVerbs {
  /**
   * How many vCPUs are plugged in. They come and go in the units of the machine: whole cores on
   * some. Those that the guest started with stay.
   */
  domainSetVcpus(reference: string, count: number, options?: SetVcpusOptions): Promise<void>
  /** Plugs certain vCPUs in or out; numbers of one unit go together. */
  domainSetVcpu(
    reference: string,
    vcpus: readonly number[],
    enabled: boolean,
    options?: SetVcpusOptions,
  ): Promise<void>
  /** Counts of the running guest, or of the definition (`config`). */
  domainGetVcpuCounts(reference: string, options?: ChangeTarget): Promise<VcpuCounts>
  /** How much memory the balloon leaves the guest, in KiB. */
  domainSetMemory(reference: string, memoryKiB: number, options?: ChangeTarget): Promise<void>
  /** How much memory the guest can have, in KiB; only for the next start (`config`). */
  domainSetMaxMemory(reference: string, memoryKiB: number, options?: ChangeTarget): Promise<void>
  /** The cable of a card, named by MAC address, target or alias. */
  domainSetLinkState(
    reference: string,
    card: string,
    up: boolean,
    options?: ChangeTarget,
  ): Promise<void>
  /** `up` or `down`, by MAC address, target or alias. */
  domainGetLinkState(
    reference: string,
    card: string,
    options?: ChangeTarget,
  ): Promise<'up' | 'down'>
  /**
   * Limits of a card's traffic, named by MAC address, target or alias. A direction that is not given stays; one
   * without an average and a floor is not limited any more.
   *
   * @throws DomainError `ERR_OPERATION_UNSUPPORTED` for a guest that runs, where the card has no tap of its own.
   */
  domainSetInterfaceParameters(
    reference: string,
    card: string,
    bandwidth: Bandwidth,
    options?: ChangeTarget,
  ): Promise<void>
  domainGetInterfaceParameters(
    reference: string,
    card: string,
    options?: ChangeTarget,
  ): Promise<Bandwidth>
  /** The host CPUs that a vCPU's thread runs on; an empty list for all. */
  domainPinVcpu(
    reference: string,
    vcpu: number,
    cpus: readonly number[],
    options?: ChangeTarget,
  ): Promise<void>
  /** The host CPUs of QEMU's own threads; an empty list for all. */
  domainPinEmulator(
    reference: string,
    cpus: readonly number[],
    options?: ChangeTarget,
  ): Promise<void>
  domainPinIothread(
    reference: string,
    iothread: number,
    cpus: readonly number[],
    options?: ChangeTarget,
  ): Promise<void>
  domainAddIothread(reference: string, id: number, options?: ChangeTarget): Promise<void>
  /** @throws DomainError where a disk or controller uses it. */
  domainDelIothread(reference: string, id: number, options?: ChangeTarget): Promise<void>
  /** How a thread polls, while the guest runs, and how many workers it has. What is not given stays. */
  domainSetIothread(
    reference: string,
    id: number,
    settings: IothreadSettings,
    options?: ChangeTarget,
  ): Promise<void>
  /** Limits of a disk, named by target; what is not given stays, 0 is no limit. */
  domainSetBlockIoTune(
    reference: string,
    disk: string,
    limits: Iotune,
    options?: ChangeTarget,
  ): Promise<void>
  domainGetBlockIoTune(reference: string, disk: string, options?: ChangeTarget): Promise<Iotune>
  /**
   * Limits of the guest's control group and of its threads. What needs a controller of cgroup v2 that this
   * host does not give is refused for a guest that runs, and kept in a definition.
   */
  domainSetTuning(reference: string, change: TuningChange, options?: ChangeTarget): Promise<void>
  /** What becomes of the guest when it powers off, reboots or crashes: `on_poweroff` and its like. */
  domainSetLifecycleAction(
    reference: string,
    event: LifecycleEvent,
    action: CrashAction,
    options?: ChangeTarget,
  ): Promise<void>
}
