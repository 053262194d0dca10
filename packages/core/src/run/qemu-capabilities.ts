import type {
  CpuProperties,
  KvmStatus,
  QemuCapabilities as PlanCapabilities,
  QemuCpu,
  QemuMachine,
} from '../qemu/capabilities.ts'

/** A machine type, with what planning does not need but a reader of capabilities does. */
export interface ProbedMachine extends QemuMachine {
  readonly numaMemSupported: boolean
}

/** Whether KVM works, and what a probe of it found out where it does. */
export interface ProbedKvm extends KvmStatus {
  /** Properties of the `host` model. */
  readonly widest?: CpuProperties
  /** The model that it is made of, where QEMU names one. */
  readonly widestModel?: string
}

/**
 * What one QEMU binary can do, as it said itself over QMP, to this user, since this boot.
 *
 * Plain data that survives JSON. It fits wherever planning asks for its own `QemuCapabilities`.
 */
export interface QemuCapabilities extends PlanCapabilities {
  readonly version: PlanCapabilities['version'] & {
    /** The distributor's addition: `Debian 1:7.2+dfsg-7`; often empty. */
    readonly package: string
  }
  readonly machines: readonly ProbedMachine[]
  /** CPU models, with features that emulation cannot give as unavailable. */
  readonly cpus: readonly QemuCpu[]
  /** Accelerators that are built in: `kvm`, `tcg`. */
  readonly accelerators: readonly string[]
  /** Types that `-object` makes, sorted. */
  readonly objects: readonly string[]
  /** Property names by canonical machine name, for the machines that were asked about. */
  readonly machineProperties: Readonly<Record<string, readonly string[]>>
  /** Names of command line options, without the dash, sorted. */
  readonly commandLineOptions: readonly string[]
  /** Names of QMP commands, sorted. */
  readonly commands: readonly string[]
  readonly kvm: ProbedKvm
}

/** What is asked beyond what is always asked. */
export interface QuestionOptions {
  /** Machines, by name or alias, whose properties are wanted. */
  readonly machines?: readonly string[]
  /** Device types whose properties are wanted; those that this QEMU lacks are left out. */
  readonly devices?: readonly string[]
}
