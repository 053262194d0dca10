import type { Cpu } from '../domain/cpu.ts'
import type { VirtType } from '../domain/domain.ts'
import type { Features } from '../domain/features.ts'
import type { Problem } from '../errors.ts'
import type { QemuCapabilities, QemuMachine } from '../qemu/capabilities.ts'
import type { GuestArch } from './arch.ts'
import type { HostInfo } from './host-info.ts'

/** libvirt's answers to "can this host run that CPU?". */
export type CpuComparison = 'identical' | 'superset' | 'incompatible'

/** A CPU model the driver knows. */
export interface CpuModel {
  readonly name: string
  readonly vendor?: string
  /** Processor version register values, where the family is known by one: `(pvr & mask) == value`. */
  readonly pvrs?: readonly { readonly value: number; readonly mask: number }[]
}

/** What a CPU decision may depend on. All of it is data. */
export interface CpuContext {
  readonly guest: GuestArch
  readonly machine: QemuMachine
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  readonly virtType: VirtType
  readonly features: Features
}

/** The CPU's share of the command line. */
export interface CpuArgument {
  /** First word of `-cpu`. */
  readonly model: string
  /** `name=value` behind it, in order. */
  readonly flags: readonly (readonly [string, string])[]
  /** Properties that this CPU needs on `-machine`. */
  readonly machine?: Readonly<Record<string, string>>
}

/**
 * Knows the architecture's CPUs: names them, fills in a missing one, refuses what cannot run, and
 * says how QEMU spells it. One driver may serve several guest architectures.
 */
export interface CpuDriver {
  readonly models: readonly CpuModel[]
  /**
   * The CPU of a domain that names no model, from the machine's own default. `undefined` leaves
   * the choice to QEMU (and leaves `<cpu>` out of the definition).
   */
  byDefault(context: CpuContext): Cpu | undefined
  /**
   * Problems that can be known before a start: unknown model or feature, a mode this accelerator
   * does not have. Paths are relative to the CPU: `model`, `feature[2]/@name`.
   */
  check(cpu: Cpu, context: CpuContext): readonly Problem[]
  argument(cpu: Cpu, context: CpuContext): CpuArgument
  /** Can a host with the first CPU run the second? */
  compare(host: Cpu, guest: Cpu): CpuComparison
  /** The best CPU that all of these can run, or nothing when they share none. */
  baseline(cpus: readonly Cpu[]): Cpu | undefined
}
