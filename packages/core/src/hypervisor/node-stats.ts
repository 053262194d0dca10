import { hostText } from '../arch/read-linux.ts'
import type { HostFiles } from '../arch/host-info.ts'
import { formatCpuset } from '../domain/cpuset.ts'
import { domainError } from '../errors.ts'
import { tickNs } from './cpu-time.ts'
import type { CellFreeMemory, NodeCpuStats, NodeMemoryStats } from './hypervisor.ts'

/**
 * Time that the host's CPUs, or one of them, have spent since boot, from /proc/stat (man 5 proc),
 * put together as libvirt does: niced time is user time, interrupts are system time.
 *
 * @throws DomainError `ERR_INVALID_ARG` for a CPU that is not there.
 */
export function nodeCpuStats(files: HostFiles, cpu?: number): NodeCpuStats {
  const stat = hostText(files, '/proc/stat')
  const name = cpu === undefined ? 'cpu' : `cpu${cpu}`
  const line = new RegExp(`^${name} +([\\d ]+)$`, 'm').exec(stat)?.[1]
  if (line === undefined) {
    if (cpu === undefined) throw domainError('ERR_INTERNAL_ERROR', '/proc/stat tells no CPU times')
    const online = [...stat.matchAll(/^cpu(\d+) /gm)].map((match) => Number(match[1]))
    throw domainError(
      'ERR_INVALID_ARG',
      `there is no CPU ${cpu} online; there are ${formatCpuset(online)}`,
    )
  }
  const ticks = line.trim().split(/ +/).map(Number)
  const ns = (...which: readonly number[]): number =>
    which.reduce((sum, i) => sum + (ticks[i] ?? 0), 0) * tickNs
  return { userNs: ns(0, 1), systemNs: ns(2, 5, 6), idleNs: ns(3), iowaitNs: ns(4) }
}

/**
 * Memory of the host, or of one NUMA cell.
 *
 * @throws DomainError `ERR_INVALID_ARG` for a cell that is not there.
 */
export function nodeMemoryStats(files: HostFiles, cell?: number): NodeMemoryStats {
  if (cell === undefined) {
    const field = memoryFields(hostText(files, '/proc/meminfo'))
    return {
      totalKiB: field('MemTotal'),
      freeKiB: field('MemFree'),
      buffersKiB: field('Buffers'),
      cachedKiB: field('Cached'),
    }
  }
  const text = hostText(files, `/sys/devices/system/node/node${cell}/meminfo`)
  if (text === '') throw domainError('ERR_INVALID_ARG', `there is no NUMA cell ${cell}`)
  const field = memoryFields(text)
  return { totalKiB: field('MemTotal'), freeKiB: field('MemFree') }
}

/** Free memory by cell; a kernel without NUMA has all in cell 0. */
export function cellsFreeMemory(
  files: HostFiles,
  cells: readonly number[],
): readonly CellFreeMemory[] {
  const numbers = cells.length === 0 ? [0] : cells
  return numbers.map((cell) => {
    const text =
      hostText(files, `/sys/devices/system/node/node${cell}/meminfo`) ||
      (numbers.length === 1 ? hostText(files, '/proc/meminfo') : '')
    return { cell, freeKiB: memoryFields(text)('MemFree') }
  })
}

/** `MemFree: 123 kB`, with `Node 0` before it where it is a node's. */
function memoryFields(text: string): (name: string) => number {
  return (name) => Number(new RegExp(`\\b${name}:\\s*(\\d{1,15}) kB`).exec(text)?.[1] ?? 0)
}
