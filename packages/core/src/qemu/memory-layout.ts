import { formatCpuset } from '../domain/cpuset.ts'
import type { Domain } from '../domain/domain.ts'
import type { PlanContext } from '../plan/plan-context.ts'

/** One block of guest memory. */
export interface MemoryObject {
  readonly id: string
  readonly sizeKiB: number
  /** `-numa node,…` that puts it in a node. */
  readonly numa?: string
}

export interface MemoryLayout {
  readonly totalKiB: number
  readonly objects: readonly MemoryObject[]
  /** The object that is all of the machine's RAM, where there are no NUMA nodes. */
  readonly backend?: string
  /** `-numa dist,…`. */
  readonly distances: readonly string[]
}

/** How the guest's memory is cut: one block, or one a NUMA node, in the machine's steps. */
export function memoryLayout(domain: Domain, plan: PlanContext): MemoryLayout {
  const step = plan.profile.memoryStepKiB
  const round = (kib: number): number => Math.ceil(kib / step) * step
  const cells = domain.cpu?.numa ?? []
  if (cells.length === 0) {
    const totalKiB = round(domain.memoryKiB ?? 0)
    const backend = plan.machine.defaultRamId
    if (backend === undefined) return { totalKiB, objects: [], distances: [] }
    return { totalKiB, objects: [{ id: backend, sizeKiB: totalKiB }], backend, distances: [] }
  }
  const objects = cells.map((cell): MemoryObject => {
    const id = `ram-node${cell.id ?? 0}`
    const ranges = formatCpuset(cell.cpus ?? [])
      .split(',')
      .filter((range) => range !== '')
    const cpus = ranges.map((range) => `,cpus=${range}`).join('')
    return {
      id,
      sizeKiB: round(cell.memoryKiB),
      numa: `node,nodeid=${cell.id ?? 0}${cpus},memdev=${id}`,
    }
  })
  const totalKiB = objects.reduce((sum, object) => sum + object.sizeKiB, 0)
  return { totalKiB, objects, distances: distances(cells) }
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
