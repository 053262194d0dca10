import { copy } from '../copy.ts'
import { note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import type { CpuContext } from '../../arch/cpu-driver.ts'
import type { Draft } from '../draft.ts'
import type { Cpu } from '../../domain/cpu.ts'
import { maxCpuNumber } from '../../domain/cpuset.ts'
import type { Domain } from '../../domain/domain.ts'
import type { PlanContext } from '../plan-context.ts'

/** The CPU driver's view of a plan. */
export function cpuContext(
  domain: Pick<Domain, 'type' | 'features'>,
  context: PlanContext,
): CpuContext {
  return {
    guest: context.guest,
    machine: context.machine,
    capabilities: context.capabilities,
    host: context.host,
    virtType: domain.type,
    features: domain.features ?? {},
  }
}

/** What `host-model`, `minimum` and optional features mean on this host, in one run. */
export function exactCpu(domain: Domain, context: PlanContext): Cpu | undefined {
  const { cpu } = domain
  return cpu && (context.arch.cpu.update?.(cpu, cpuContext(domain, context)) ?? cpu)
}

/** Fills `<cpu>`: the machine's own model, and libvirt's explicit mode, match, check and fallback. */
export function defaultCpu(d: Defaulting): void {
  const { domain, context } = d
  const written = domain.cpu
  // Features without a model to add them to are the document's mistake, not a wish for the default.
  const features = (written?.features ?? []).length > 0
  const unnamed = written?.mode === undefined || written.mode === 'custom'
  const vendor = written?.vendor !== undefined
  if (unnamed && written?.model === undefined && !features && !vendor) {
    const byDefault = context.arch.cpu.byDefault(cpuContext(domain, context), written)
    if (byDefault !== undefined) {
      const { match, check, fallback } = byDefault
      // How to match a model and what to make sure of are words about the one that is named.
      domain.cpu = {
        ...copy(byDefault as Draft<Cpu>),
        ...written,
        ...(match && { match }),
        ...(check && { check }),
        ...(fallback && { fallback }),
      }
      note(d, 'cpu', byDefault.model ?? byDefault.mode, {
        rule: 'cpu/default',
        reason: `what QEMU's ${context.machine.name} has where no CPU is named`,
        arch: true,
      })
    }
  }
  const cpu = domain.cpu
  if (cpu === undefined) return
  explicit(d, cpu)
  numberCells(d, cpu)
  defaultDistances(cpu.numa ?? [])
}

function explicit(d: Defaulting, cpu: Draft<Cpu>): void {
  const why = {
    rule: 'cpu/explicit',
    reason: "libvirt's meaning of a left-out attribute, spelled out",
  }
  const set = <K extends 'mode' | 'match' | 'check' | 'migratable' | 'fallback'>(
    key: K,
    value: NonNullable<Cpu[K]>,
  ): void => {
    if (cpu[key] !== undefined) return
    cpu[key] = value as never
    note(d, `cpu/${key === 'fallback' ? 'model/@fallback' : `@${key}`}`, value, why)
  }
  set('mode', 'custom')
  const passthrough = cpu.mode === 'host-passthrough' || cpu.mode === 'maximum'
  // Whose CPU it is, the mode says; libvirt drops what else a document says about that.
  if (passthrough) {
    for (const key of ['model', 'fallback', 'vendorId', 'vendor'] as const) delete cpu[key]
  }
  if (cpu.vendorId === '') delete cpu.vendorId
  if (cpu.mode === 'custom') set('match', 'exact')
  else delete cpu.match
  if (passthrough) set('check', 'none')
  else set('check', d.domain.type === 'kvm' || cpu.mode === 'host-model' ? 'partial' : 'none')
  if (passthrough) {
    const byDefault = d.context.arch.cpu.migratableByDefault?.(cpu, cpuContext(d.domain, d.context))
    if (byDefault !== undefined) set('migratable', byDefault)
  }
  if (cpu.model !== undefined) set('fallback', 'allow')
  else delete cpu.fallback
  if (cpu.topology !== undefined && cpu.topology.dies === undefined) {
    cpu.topology.dies = 1
    note(d, 'cpu/topology/@dies', 1, why)
  }
  if (cpu.features?.some((feature) => feature.policy === undefined) === true)
    note(d, 'cpu/feature/@policy', 'require', why)
  if (cpu.features !== undefined)
    cpu.features = cpu.features.map(({ policy, name }) => ({ policy: policy ?? 'require', name }))
}

function numberCells(d: Defaulting, cpu: Draft<Cpu>): void {
  const { vcpus } = d.domain
  const cells = cpu.numa
  if (cells === undefined) return
  const before = JSON.stringify(cells)
  giveCells(cells, vcpus)
  if (JSON.stringify(cells) === before) return
  note(d, 'cpu/numa/cell', `${cells.length} cells`, {
    rule: 'cpu/numa',
    reason: 'cells are numbered, and vCPUs that none claims belong to the first',
  })
}

function giveCells(cells: NonNullable<Draft<Cpu>['numa']>, vcpus: number): void {
  for (const [i, cell] of cells.entries()) cell.id ??= i
  cells.sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
  // vCPUs that no cell claims belong to the first, as QEMU would have it.
  const claimed = new Set(cells.flatMap((cell) => cell.cpus ?? []))
  const first = cells[0]
  if (first === undefined || vcpus > maxCpuNumber) return
  const free: number[] = []
  for (let cpuNumber = 0; cpuNumber < vcpus; cpuNumber++) {
    if (!claimed.has(cpuNumber)) free.push(cpuNumber)
  }
  if (free.length === 0) return
  first.cpus = [...(first.cpus ?? []), ...free].toSorted((a, b) => a - b)
}

/** Every node with distances has its own, and what one says of another the other says of it. */
function defaultDistances(cells: NonNullable<Draft<Cpu>['numa']>): void {
  const byId = new Map(cells.map((cell) => [cell.id, cell]))
  const fill = (from: number | undefined, to: number, value: number): void => {
    const cell = byId.get(from)
    if (cell === undefined) return
    const list = (cell.distances ??= [])
    if (list.some(({ id }) => id === to)) return
    list.push({ id: to, value })
    list.sort((a, b) => a.id - b.id)
  }
  for (const cell of cells)
    for (const { id, value } of [...(cell.distances ?? [])])
      if (cell.id !== undefined) fill(id, cell.id, value)
  for (const { id, distances } of cells)
    if (id !== undefined && (distances ?? []).length > 0) fill(id, id, 10)
}
