import type { Domain } from '@polyvirt/core'
import type { CpuTopology, HostTopology } from '@polyvirt/core/arch'
import type { Planned } from './plan-scenario.ts'
import type { Target } from './target.ts'

/** How the vCPUs are arranged: each in a socket of its own unless the document says otherwise. */
const askedTopology = ({ cpu, vcpus }: Domain): CpuTopology =>
  cpu?.topology ?? { sockets: vcpus, cores: 1, threads: 1 }

/**
 * How a guest is shown its vCPUs. A board that shows them flat has one socket a NUMA node and one
 * core a vCPU, whatever was asked for; undefined where its nodes are of several sizes.
 */
export function shownTopology({ domain, target }: Planned): CpuTopology | undefined {
  if (!isFlat(target)) return askedTopology(domain)
  const sizes = new Set(cellsOf(domain).map(({ length }) => length))
  const [cores] = sizes
  if (cores === undefined || sizes.size > 1) return undefined
  return { sockets: domain.vcpus / cores, cores, threads: 1 }
}

/** Whether the board shows its guest each vCPU as a core of one socket. */
export const isFlat = ({ profile }: Pick<Target, 'profile'>): boolean => profile.topology === 'flat'

/** vCPUs of each NUMA node that has some. */
const cellsOf = (domain: Domain): readonly (readonly number[])[] =>
  (domain.cpu?.numa ?? [{ cpus: numbers(domain.vcpus) }])
    .map(({ cpus = [] }) => cpus)
    .filter((cpus) => cpus.length > 0)

/**
 * libvirt's count of what was planned: sockets are the most that one node has, and where the
 * product is not the number of CPUs the machine is shown flat. Undefined where some of the CPUs
 * are not plugged in, because then it depends on the firmware what a guest may know of them.
 */
export function plannedTopology(
  planned: Planned,
): Pick<HostTopology, 'nodes' | 'sockets' | 'cores' | 'threads'> | undefined {
  const { domain } = planned
  if ((domain.vcpuCurrent ?? domain.vcpus) !== domain.vcpus) return undefined
  const shown = shownTopology(planned)
  if (shown === undefined) return flat(domain)
  const { dies = 1, cores, threads } = shown
  const perSocket = dies * cores * threads
  const cells = cellsOf(domain)
  const nodes = cells.length
  const sockets = Math.max(...cells.map((cpus) => countOf(cpus, perSocket)))
  const coresSeen = Math.max(
    ...cells.flatMap((cpus) =>
      [...new Set(cpus.map((id) => Math.floor(id / perSocket)))].map((socket) =>
        countOf(
          cpus.filter((id) => Math.floor(id / perSocket) === socket),
          threads,
        ),
      ),
    ),
  )
  return nodes * sockets * coresSeen * threads === domain.vcpus
    ? { nodes, sockets, cores: coresSeen, threads }
    : flat(domain)
}

const flat = ({ vcpus }: Domain): ReturnType<typeof plannedTopology> & {} => ({
  nodes: 1,
  sockets: 1,
  cores: vcpus,
  threads: 1,
})

const countOf = (cpus: readonly number[], size: number): number =>
  new Set(cpus.map((id) => Math.floor(id / size))).size

/** 0, 1, 2 and so on. */
export const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, id) => id)
