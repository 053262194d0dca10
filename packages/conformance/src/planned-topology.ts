import type { Domain } from '@polyvirt/core'
import type { CpuTopology, HostTopology } from '@polyvirt/core/arch'

/** How the vCPUs are arranged: each in a socket of its own unless the document says otherwise. */
export const topologyOf = ({ cpu, vcpus }: Domain): CpuTopology =>
  cpu?.topology ?? { sockets: vcpus, cores: 1, threads: 1 }

/**
 * libvirt's count of what was planned: sockets are the most that one node has, and where the
 * product is not the number of CPUs the machine is shown flat. Undefined where some of the CPUs
 * are not plugged in, because then it depends on the firmware what a guest may know of them.
 */
export function plannedTopology(
  domain: Domain,
): Pick<HostTopology, 'nodes' | 'sockets' | 'cores' | 'threads'> | undefined {
  if ((domain.vcpuCurrent ?? domain.vcpus) !== domain.vcpus) return undefined
  const { dies = 1, cores, threads } = topologyOf(domain)
  const perSocket = dies * cores * threads
  const cells = (domain.cpu?.numa ?? [{ cpus: numbers(domain.vcpus) }])
    .map(({ cpus = [] }) => cpus)
    .filter((cpus) => cpus.length > 0)
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
    : { nodes: 1, sockets: 1, cores: domain.vcpus, threads: 1 }
}

const countOf = (cpus: readonly number[], size: number): number =>
  new Set(cpus.map((id) => Math.floor(id / size))).size

/** 0, 1, 2 and so on. */
export const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, id) => id)
