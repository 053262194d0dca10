import type { Cpu } from '../domain/cpu.ts'
import type { VirtType } from '../domain/domain.ts'
import type { Features } from '../domain/features.ts'
import type { Problem } from '../errors.ts'
import type { CpuProperties, QemuCapabilities, QemuCpu, QemuMachine } from '../qemu/capabilities.ts'
import type { GuestArch } from './arch.ts'
import type { HostInfo } from './host-info.ts'

/** A CPU model the driver knows. */
export interface CpuModel {
  readonly name: string
  readonly vendor?: string
  /** Processor version register values, where the family is known by one: `(pvr & mask) == value`. */
  readonly pvrs?: readonly { readonly value: number; readonly mask: number }[]
}

/**
 * A processor by what it says of itself: 32-bit registers by name. Names and meaning are the
 * driver's own (`pvr`; a leaf and a register of CPUID); nobody else reads them.
 */
export type CpuData = Readonly<Record<string, number>>

/** libvirt's answers to "can this host run that CPU?". */
export type CpuComparison = 'identical' | 'superset' | 'incompatible'

export interface CpuVerdict {
  readonly result: CpuComparison
  /** Why it is incompatible, for a person: names models, vendors or missing features. */
  readonly reason?: string
  /** One of the two cannot be judged: it names what the driver does not know. */
  readonly problem?: Problem
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
  /** The same, for what stands behind the flags of the platform's features. */
  readonly lastFlags?: readonly (readonly [string, string])[]
  /** Properties that this CPU needs on `-machine`. */
  readonly machine?: Readonly<Record<string, string>>
}

export interface BaselineOptions {
  /** Every feature of the answer is listed, those of its model as well. */
  readonly expandFeatures?: boolean
  /** Features that block migration are left out. */
  readonly migratable?: boolean
  /** Only these models may be the answer; any that the driver knows when missing. */
  readonly models?: readonly QemuCpu[]
  /** Features that an emulator has a switch for, by QEMU's names; the answer names no others. */
  readonly widest?: CpuProperties
}

/** The CPU that all can run, or what keeps them apart. */
export type CpuBaseline = { readonly cpu: Cpu } | { readonly problem: Problem }

/**
 * Knows the architecture's CPUs: names them, fills in a missing one, refuses what cannot run, and
 * says how QEMU spells it. One driver may serve several guest architectures.
 *
 * The verbs are libvirt's. Those that a family has no use for may be missing; whoever asks for one
 * is told that the architecture does not have it. A CPU without a `mode` is a host's.
 */
export interface CpuDriver {
  readonly models: readonly CpuModel[]
  /**
   * The CPU of a domain that names no model, from the machine's own default. `undefined` leaves
   * the choice to QEMU (and leaves `<cpu>` out of the definition). `written` is what the document says
   * of its CPU beside a model: topology, NUMA cells; absent where it has no `<cpu>`.
   */
  byDefault(context: CpuContext, written?: Cpu): Cpu | undefined
  /**
   * Whether QEMU keeps a host's own CPU to what can migrate, where it has a switch for that:
   * libvirt's default of `migratable`. Asked of modes `host-passthrough` and `maximum`.
   */
  migratableByDefault?(cpu: Cpu, context: CpuContext): boolean | undefined
  /**
   * Problems that can be known before a start: unknown model or feature, a mode this accelerator
   * does not have, a CPU that this host cannot give. Paths are relative to the CPU: `model`,
   * `feature[2]/@name`.
   */
  check(cpu: Cpu, context: CpuContext): readonly Problem[]
  argument(cpu: Cpu, context: CpuContext): CpuArgument
  /** Can a host with the first CPU run the second? */
  compare(host: Cpu, guest: Cpu): CpuVerdict
  /** The best CPU that all of these can run. At least one is given. */
  baseline(cpus: readonly Cpu[], options?: BaselineOptions): CpuBaseline
  /** Unknown feature names, and names that exclude each other. Paths as of {@link check}. */
  validateFeatures?(cpu: Cpu): readonly Problem[]
  /** The host's CPU as `capabilities` shows it; nothing where the driver does not know it. */
  host?(host: HostInfo): Cpu | undefined
  /** The model (and features) that a processor's registers stand for. */
  decode?(data: CpuData, models?: readonly string[]): Cpu | undefined
  /** The registers that a definition stands for. */
  encode?(cpu: Cpu): CpuData
  /**
   * The definition a guest runs with: `host-model`, `minimum` and optional features become one exact
   * CPU, a model that this QEMU lacks one that it has. A definition that needs nothing of the kind is
   * returned as it is. Called only for what {@link check} accepts.
   */
  update?(cpu: Cpu, context: CpuContext): Cpu
  /** The same CPU by a model out of these, features making up the difference. */
  translate?(cpu: Cpu, models: readonly string[]): Cpu | undefined
  /** What mode `host-model` means here, as `domcapabilities` shows it. */
  hostModel?(context: CpuContext): Cpu | undefined
  /** All features by name, those of the model included. */
  expandFeatures?(cpu: Cpu): Cpu
}
