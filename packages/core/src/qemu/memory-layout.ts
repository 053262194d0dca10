import { formatCpuset } from '../domain/cpuset.ts'
import type { Cpu } from '../domain/cpu.ts'
import type { Domain } from '../domain/domain.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { MemoryBlock } from './memory-backend.ts'

export interface MemoryLayout {
  /** What the guest has before anything is plugged in. */
  readonly totalKiB: number
  readonly blocks: readonly MemoryBlock[]
  /** The block that is all of the machine's RAM, where there are no NUMA nodes. */
  readonly backend?: string
  /** `-numa node,…` of each cell. */
  readonly nodes: readonly { readonly cell: number; readonly option: string }[]
  /** Values of `-numa` behind the nodes: distances, and what the HMAT says. */
  readonly numa: readonly string[]
}

/** How the guest's memory is cut: one block, or one a NUMA node, in the machine's steps. */
export function memoryLayout(domain: Domain, plan: PlanContext): MemoryLayout {
  const round = roundedTo(plan.profile.memoryStepKiB)
  const cells = domain.cpu?.numa ?? []
  if (cells.length === 0) {
    const totalKiB = round((domain.memoryKiB ?? 0) - pluggedKiB(domain))
    const backend = plan.machine.defaultRamId
    if (backend === undefined) return { totalKiB, blocks: [], nodes: [], numa: [] }
    return {
      totalKiB,
      blocks: [{ id: backend, sizeKiB: totalKiB, whole: true }],
      backend,
      nodes: [],
      numa: [],
    }
  }
  const blocks = cells
    .filter((cell) => cell.memoryKiB > 0)
    .map((cell): MemoryBlock => {
      return {
        id: `ram-node${cell.id ?? 0}`,
        sizeKiB: round(cell.memoryKiB),
        cell: cell.id ?? 0,
        ...(cell.memAccess !== undefined && { access: cell.memAccess }),
        ...(cell.discard !== undefined && { discard: cell.discard }),
      }
    })
  const totalKiB = blocks.reduce((sum, block) => sum + block.sizeKiB, 0)
  const cpu = domain.cpu ?? {}
  return { totalKiB, blocks, nodes: nodes(cpu), numa: [...distances(cells), ...matrix(cpu)] }
}

/** A domain with the memory that its machine has, which comes in steps: what runs says so. */
export function inSteps(domain: Domain, stepKiB: number): Domain {
  const { cpu, memoryKiB, currentMemoryKiB, maxMemoryKiB } = domain
  if (memoryKiB === undefined) return domain
  const round = roundedTo(stepKiB)
  const numa = cpu?.numa?.map((cell) => ({ ...cell, memoryKiB: round(cell.memoryKiB) }))
  const plugged = pluggedKiB(domain)
  const board =
    numa === undefined || numa.length === 0
      ? round(memoryKiB - plugged)
      : numa.reduce((sum, cell) => sum + cell.memoryKiB, 0)
  return {
    ...domain,
    memoryKiB: board + plugged,
    ...(currentMemoryKiB === memoryKiB && { currentMemoryKiB: board + plugged }),
    ...(maxMemoryKiB !== undefined && { maxMemoryKiB: round(maxMemoryKiB) }),
    ...(numa !== undefined && { cpu: { ...cpu, numa } }),
  }
}

function roundedTo(stepKiB: number): (kib: number) => number {
  return (kib) => Math.ceil(kib / stepKiB) * stepKiB
}

/** What is plugged in is not on the board. */
function pluggedKiB({ devices: { memory = [] } }: Domain): number {
  return memory.filter((one) => one.model !== 'sgx-epc').reduce((sum, one) => sum + one.sizeKiB, 0)
}

function nodes(cpu: Cpu): MemoryLayout['nodes'] {
  const cells = cpu.numa ?? []
  const hmat = hasMatrix(cpu)
  return cells.map((cell) => {
    const id = cell.id ?? 0
    const ranges = formatCpuset(cell.cpus ?? [])
      .split(',')
      .filter((range) => range !== '')
    const cpus = ranges.map((range) => `,cpus=${range}`).join('')
    const initiator = hmat ? initiatorOf(cpu, id) : undefined
    const by = initiator === undefined ? '' : `,initiator=${initiator}`
    const memory = cell.memoryKiB > 0 ? `,memdev=ram-node${id}` : ''
    return { cell: id, option: `node,nodeid=${id}${cpus}${by}${memory}` }
  })
}

/** Does the document describe how far memory is? Then QEMU wants an HMAT of it. */
export function hasMatrix(cpu: Cpu): boolean {
  return (
    (cpu.numaLatencies ?? []).length > 0 ||
    (cpu.numaBandwidths ?? []).length > 0 ||
    (cpu.numa ?? []).some((cell) => (cell.caches ?? []).length > 0)
  )
}

/** The node whose processors reach this one's memory best; a node with processors is its own. */
function initiatorOf(cpu: Cpu, cell: number): number {
  const own = cpu.numa?.find((one) => one.id === cell)
  if ((own?.cpus ?? []).length > 0) return cell
  const reach = [...(cpu.numaLatencies ?? []), ...(cpu.numaBandwidths ?? [])]
  const best = reach.find((one) => one.target === cell && one.cache === undefined)
  const first = cpu.numa?.find((one) => (one.cpus ?? []).length > 0)
  return best?.initiator ?? first?.id ?? 0
}

/** Every pair, once any is given: QEMU wants all or none. 10 is a node itself, 20 any other. */
function distances(cells: NonNullable<NonNullable<Domain['cpu']>['numa']>): readonly string[] {
  if (cells.every((cell) => (cell.distances ?? []).length === 0)) return []
  const value = (from: number, to: number): number => {
    const direct = cells.find((cell) => cell.id === from)?.distances?.find((one) => one.id === to)
    const reverse = cells.find((cell) => cell.id === to)?.distances?.find((one) => one.id === from)
    return direct?.value ?? reverse?.value ?? (from === to ? 10 : 20)
  }
  return cells.flatMap(({ id: from = 0 }) =>
    cells.map(({ id: to = 0 }) => `dist,src=${from},dst=${to},val=${value(from, to)}`),
  )
}

const hierarchies = ['memory', 'first-level', 'second-level', 'third-level'] as const

/** The guest's HMAT: latencies, bandwidths, and the caches in front of a node's memory. */
function matrix(cpu: Cpu): readonly string[] {
  const line = (
    { initiator, target, cache = 0 }: { initiator: number; target: number; cache?: number },
    type: string,
    rest: string,
  ): string =>
    `hmat-lb,initiator=${initiator},target=${target},hierarchy=${hierarchies[cache] ?? 'memory'},data-type=${type},${rest}`
  return [
    ...(cpu.numaLatencies ?? []).map((one) =>
      line(one, `${one.type}-latency`, `latency=${one.value}`),
    ),
    ...(cpu.numaBandwidths ?? []).map((one) =>
      line(one, `${one.type}-bandwidth`, `bandwidth=${one.kibPerSecond}K`),
    ),
    ...(cpu.numa ?? []).flatMap((cell) =>
      (cell.caches ?? [])
        .toSorted((a, b) => a.level - b.level)
        .map(
          (cache) =>
            `hmat-cache,node-id=${cell.id ?? 0},size=${cache.sizeKiB}K,level=${cache.level},associativity=${cache.associativity === 'full' ? 'complex' : cache.associativity},policy=${cache.policy === 'writeback' ? 'write-back' : cache.policy === 'writethrough' ? 'write-through' : 'none'},line=${cache.lineBytes}`,
        ),
    ),
  ]
}
