import type { Hypervisor, NodeCpuStats, NodeMemoryStats } from '../core.ts'

/** Sums of one guest since its start, at one moment. */
export interface GuestSample {
  readonly name: string
  readonly uuid: string
  readonly id: number
  readonly state: string
  readonly vcpus: number
  readonly cpuTimeNs: number
  readonly memoryKiB: number
  readonly maxMemoryKiB: number
  readonly readBytes: number
  readonly writeBytes: number
  /** Missing where no card has a device on the host. */
  readonly rxBytes?: number
  readonly txBytes?: number
}

export interface Sample {
  /** Of a clock that only goes on. */
  readonly atMs: number
  readonly guests: readonly GuestSample[]
  readonly cpu: NodeCpuStats
  readonly memory: NodeMemoryStats
}

/** Asks all guests at once; one that does not answer is told as it was known last. */
export async function takeSample(hypervisor: Hypervisor, signal: AbortSignal): Promise<Sample> {
  const [domains, records, cpu, memory] = await Promise.all([
    hypervisor.connectListAllDomains({ active: true }),
    hypervisor.connectGetAllDomainStats({ active: true, signal }),
    hypervisor.nodeGetCpuStats(),
    hypervisor.nodeGetMemoryStats(),
  ])
  const atMs = performance.now()
  const guests = domains.flatMap(({ name, uuid, id, state }): readonly GuestSample[] => {
    const stats = records.find(({ domain }) => domain.uuid === uuid)?.stats
    if (id === undefined || stats === undefined) return []
    const number = (key: string): number => Number(stats[key] ?? 0)
    const sum = (pattern: RegExp): number =>
      Object.keys(stats)
        .filter((key) => pattern.test(key))
        .reduce((all, key) => all + number(key), 0)
    const hasCard = Object.keys(stats).some((key) => /^net\.\d+\.rx\.bytes$/.test(key))
    return [
      {
        ...{ name, uuid, id, state },
        vcpus: number('vcpu.current'),
        cpuTimeNs: number('cpu.time'),
        memoryKiB: number('balloon.rss'),
        maxMemoryKiB: number('balloon.current'),
        readBytes: sum(/^block\.\d+\.rd\.bytes$/),
        writeBytes: sum(/^block\.\d+\.wr\.bytes$/),
        ...(hasCard && {
          rxBytes: sum(/^net\.\d+\.rx\.bytes$/),
          txBytes: sum(/^net\.\d+\.tx\.bytes$/),
        }),
      },
    ]
  })
  return { atMs, guests, cpu, memory }
}
