import type { HostTopology } from '@polyvirt/core/arch'
import { wholeNumber } from './cpuinfo.ts'
import type { CpuinfoBlock } from './cpuinfo.ts'

/** Sockets, cores and threads where /sys does not tell them, as /proc/cpuinfo counts them. */
export function cpuinfoTopology(blocks: readonly CpuinfoBlock[]): HostTopology {
  const cpus = blocks.length
  const [first] = blocks
  const sockets = Math.max(
    1,
    new Set(blocks.flatMap((block) => block.get('physical id') ?? [])).size,
  )
  const cores = Math.max(1, wholeNumber(first?.get('cpu cores')) ?? 1)
  const siblings = wholeNumber(first?.get('siblings')) ?? cores
  const threads = Math.max(1, Math.floor(siblings / cores))
  // A count that does not multiply out (hidden CPUs) is shown flat, as libvirt does.
  return sockets * cores * threads === cpus
    ? { cpus, nodes: 1, sockets, cores, threads }
    : { cpus, nodes: 1, sockets: 1, cores: Math.max(1, cpus), threads: 1 }
}
