import type { DescribedCpu, DescribedFiles } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'

export interface CpuinfoParts {
  /** Lines of the summary, by name. */
  readonly summary: Readonly<Record<string, string>>
  readonly cpus: readonly number[]
  readonly version: string
  readonly identification: (cpu: number) => string
  readonly machine: string
  /** Megahertz, where the machine tells. */
  readonly mhz?: { readonly dynamic: number; readonly static: number }
}

/** arch/s390/kernel/processor.c: a summary, and from z13 on a block for each processor. */
export function cpuinfo(parts: CpuinfoParts): string {
  const { summary, cpus, mhz } = parts
  const line = (name: string, value: string): string => `${name.padEnd(16)}: ${value}\n`
  const head = Object.entries(summary).map(([name, value]) => line(name, value))
  const list = cpus.map(
    (cpu) =>
      `processor ${cpu}: version = ${parts.version},  identification = ${parts.identification(cpu)},  machine = ${parts.machine}\n`,
  )
  const blocks = cpus.map((cpu) =>
    mhz === undefined
      ? ''
      : `\n${line('cpu number', String(cpu))}` +
        line('cpu MHz dynamic', String(mhz.dynamic)) +
        line('cpu MHz static', String(mhz.static)),
  )
  return [...head, ...list, ...blocks].join('')
}

/** arch/s390/kernel/sysinfo.c: names in 22 columns, values as wide as the hardware's fields. */
export function sysinfo(lines: Readonly<Record<string, string>>): string {
  return Object.entries(lines)
    .map(([name, value]) => `${`${name}:`.padEnd(22)}${value.padEnd(16)}\n`)
    .join('')
}

/** Books and drawers of processors (drivers/base/topology.c), which are IBM Z's alone. */
export function books(
  cpus: readonly DescribedCpu[],
  place: (cpu: number) => { readonly book: number; readonly drawer?: number },
): DescribedFiles {
  return Object.fromEntries(
    cpus.flatMap(({ id, online }) => {
      if (online === false) return []
      const folder = `/sys/devices/system/cpu/cpu${id}/topology`
      const { book, drawer } = place(id)
      return [
        [`${folder}/book_id`, `${book}\n`],
        ...(drawer === undefined ? [] : [[`${folder}/drawer_id`, `${drawer}\n`]]),
      ]
    }),
  ) as DescribedFiles
}

export const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i)

export function thread(
  id: number,
  socketId: number,
  coreId = id,
  siblings: readonly number[] = [id],
): HostThread {
  return { id, socketId, dieId: 0, coreId, siblings }
}

export interface BlockParts {
  readonly family: string
  readonly version: string
  readonly maxSpeed?: string
  readonly serial: (cpu: number) => string
}

/** libvirt's block for each processor. */
export function processors(
  cpus: readonly number[],
  { family, version, maxSpeed, serial }: BlockParts,
): NonNullable<NonNullable<HostInfo['sysinfo']>['processors']> {
  return cpus.map((cpu) => [
    ['family', family],
    ['manufacturer', 'IBM/S390'],
    ['version', version],
    ...(maxSpeed === undefined ? [] : [['max_speed', maxSpeed] as const]),
    ['serial_number', serial(cpu)],
  ])
}

/** A node without NUMA's files, which is how kernels before 4.3 and those of guests show memory. */
export const onlyNode = (memoryKiB: number): { readonly '/proc/meminfo': string } => ({
  '/proc/meminfo': `MemTotal:       ${memoryKiB} kB\n`,
})
