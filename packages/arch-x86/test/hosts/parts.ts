import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostThread } from '@polyvirt/core/arch'

export const words = (text: string): readonly string[] => text.trim().split(/\s+/)

export function range(count: number, first = 0): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

/**
 * /proc/cpuinfo of many CPUs from the block of one: the numbers that tell them apart are filled in.
 * Offline CPUs are not in the file.
 */
export function cpuinfo(block: string, cpus: readonly DescribedCpu[]): string {
  const lines = block.trim().split('\n')
  return cpus
    .filter(({ online }) => online !== false)
    .map(({ id, socket, core }) => {
      const own: Readonly<Record<string, number>> = {
        processor: id,
        'physical id': socket,
        'core id': core,
      }
      const filled = lines.map((line) => {
        const [, name = '', sign = ''] = /^(.*?)(\s*:\s*)/.exec(line) ?? []
        return Object.hasOwn(own, name) ? `${name}${sign}${own[name]}` : line
      })
      return `${filled.join('\n')}\n\n`
    })
    .join('')
}

export interface Cores {
  readonly cores: number
  readonly threads: number
  /** Number of a thread, from the core's and its own; threads are the second half when missing. */
  readonly number?: (core: number, thread: number) => number
  readonly place: (core: number) => Omit<DescribedCpu, 'id' | 'siblings' | 'online'>
}

/** CPUs of equal cores. */
export function cpusOf({ cores, threads, number, place }: Cores): readonly DescribedCpu[] {
  const id = number ?? ((core, thread) => core + thread * cores)
  return range(cores)
    .flatMap((core) => {
      const siblings = range(threads).map((thread) => id(core, thread))
      return siblings.map((own) => ({ ...place(core), id: own, siblings }))
    })
    .toSorted((a, b) => a.id - b.id)
}

/** The threads of a node as they are read. */
export function threadsOf(cpus: readonly DescribedCpu[], node = 0): readonly HostThread[] {
  return cpus
    .filter((one) => (one.node ?? 0) === node && one.online !== false)
    .map(({ id, socket, die = 0, core, siblings = [id] }) => ({
      id,
      socketId: socket,
      dieId: die,
      coreId: core,
      siblings,
    }))
}
