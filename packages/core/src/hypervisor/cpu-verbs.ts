import type { Arch } from '../arch/arch.ts'
import type { BaselineOptions, CpuContext, CpuVerdict } from '../arch/cpu-driver.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import type { Cpu } from '../domain/cpu.ts'
import { domainError, quote } from '../errors.ts'
import { formatCpu, readCpuDocuments } from './cpu-documents.ts'
import type { CpuDocument } from './cpu-documents.ts'
import type { BaselineCpuOptions, CompareCpuOptions, CpuComparisonResult } from './hypervisor.ts'

/** One emulator's view of this host, for the `hypervisor-cpu` verbs. */
export interface HypervisorCpu {
  readonly arch: Arch
  readonly context: CpuContext
  readonly emulator: string
}

/** The host's CPU against the first CPU of a text. */
export async function compareWithHost(
  text: string,
  options: CompareCpuOptions,
  host: HostInfo,
  registry: ArchRegistry,
): Promise<CpuComparisonResult> {
  const [asked] = readCpuDocuments(text, options.validate)
  const arch = await registry.find(host.arch)
  const own = arch.cpu.host?.(host)
  if (own === undefined) {
    throw domainError('ERR_OPERATION_FAILED', `the CPU of this ${host.arch} host is not known`)
  }
  return verdict(arch, host.arch, own, asked, options)
}

/** What an emulator makes of this host against the first CPU of a text. */
export function compareWithHypervisor(
  text: string,
  options: CompareCpuOptions,
  hypervisor: HypervisorCpu,
): CpuComparisonResult {
  const [asked] = readCpuDocuments(text, options.validate)
  const { arch, context } = hypervisor
  return verdict(arch, context.guest.name, hostModel(hypervisor), asked, options)
}

function hostModel({ arch, context, emulator }: HypervisorCpu): Cpu {
  const model = arch.cpu.hostModel?.(context)
  if (model !== undefined) return model
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `QEMU ${quote(emulator)} does not support reporting CPU model for virttype '${context.virtType}'`,
  )
}

function verdict(
  arch: Arch,
  name: string,
  own: Cpu,
  asked: CpuDocument | undefined,
  { failIncompatible = false }: CompareCpuOptions,
): CpuComparisonResult {
  if (asked === undefined) throw domainError('ERR_XML_ERROR', 'the text describes no CPU')
  const foreign = asked.arch !== undefined && !arch.guests.some((one) => one.name === asked.arch)
  const result: CpuComparisonResult = foreign
    ? {
        result: 'incompatible',
        reason: `CPU arch ${asked.arch} does not match host arch ${name}`,
      }
    : judged(arch.cpu.compare(own, asked.cpu))
  if (failIncompatible && result.result === 'incompatible') {
    throw domainError('ERR_CPU_INCOMPATIBLE', result.reason ?? 'the host cannot run it')
  }
  return result
}

function judged({ result, reason, problem }: CpuVerdict): CpuComparisonResult {
  if (problem !== undefined) throw domainError(problem.code, problem.message)
  return { result, ...(reason !== undefined && { reason }) }
}

/** The CPU that all hosts of these texts can run. */
export async function baselineOfHosts(
  texts: readonly string[],
  options: BaselineCpuOptions,
  fallback: string,
  registry: ArchRegistry,
): Promise<string> {
  const documents = texts.flatMap((text) => readCpuDocuments(text))
  const name = documents.find((one) => one.arch !== undefined)?.arch ?? fallback
  const arch = await registry.find(name)
  return formatCpu(baseline(arch, name, documents, options))
}

/** The same, out of models that an emulator has. */
export function baselineOfHypervisors(
  texts: readonly string[],
  options: BaselineCpuOptions,
  { arch, context }: HypervisorCpu,
): string {
  const { name } = context.guest
  if (arch.cpu.hostModel === undefined || context.capabilities.widestCpu === undefined) {
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `computing baseline hypervisor CPU is not supported for arch ${name}`,
    )
  }
  const documents = texts.flatMap((text) => readCpuDocuments(text))
  const widest = context.capabilities.widestCpu[context.virtType]
  const emulated = context.virtType === 'kvm' ? context.capabilities.kvm.cpus : undefined
  const models = emulated ?? context.capabilities.cpus
  const limits = { models, ...(widest !== undefined && { widest }) }
  return formatCpu(baseline(arch, name, documents, { ...options, ...limits }))
}

function baseline(
  arch: Arch,
  name: string,
  documents: readonly CpuDocument[],
  options: BaselineOptions,
): Cpu {
  const other = documents.find(
    (one) => one.arch !== undefined && !arch.guests.some((guest) => guest.name === one.arch),
  )
  if (other !== undefined) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `CPUs are incompatible: one is of arch ${name}, another of ${quote(other.arch ?? '')}`,
    )
  }
  const nameless = documents.findIndex(
    ({ cpu }) => cpu.model === undefined && (cpu.mode === undefined || cpu.mode === 'custom'),
  )
  if (nameless !== -1) {
    throw domainError('ERR_XML_ERROR', `Missing CPU model name in CPU ${nameless + 1}`)
  }
  const answer = arch.cpu.baseline(
    documents.map((one) => one.cpu),
    options,
  )
  if ('cpu' in answer) return answer.cpu
  throw domainError(answer.problem.code, answer.problem.message)
}
