import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'

export const range = (count: number, first = 0): readonly number[] =>
  Array.from({ length: count }, (_, i) => first + i)

export const words = (text: string): readonly string[] => text.split(' ')

export interface CpuinfoParts {
  /** Package and core of each processor that is online, by its number. */
  readonly places: readonly (readonly [processor: number, packageId: number, core: number])[]
  /** Lines behind those, which all processors have alike. */
  readonly lines: Readonly<Record<string, string>>
}

/** /proc/cpuinfo as arch/loongarch/kernel/proc.c prints it. */
export function cpuinfo({ places, lines }: CpuinfoParts): string {
  const line = ([name, value]: readonly [string, string | number]): string =>
    `${name.padEnd(16)}${name.length < 16 ? '\t' : ''}: ${value}\n`
  const blocks = places.map(([processor, packageId, core]) =>
    Object.entries({ processor, package: packageId, core, global_id: processor, ...lines })
      .map(line)
      .join(''),
  )
  return `system type\t\t: generic-loongson-machine\n\n${blocks.join('\n')}\n`
}

/** Strings of SMBIOS as everyone may read them. */
export function dmi(names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).map(([name, value]) => [`/sys/class/dmi/id/${name}`, `${value}\n`]),
  )
}

/** What the kernel tells a process: its first entry, and the size of pages. */
export function auxv(pageBytes: number): Uint8Array {
  const bytes = new Uint8Array(48)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of [33, 4096, 6, pageBytes].entries())
    view.setBigUint64(i * 8, BigInt(number), true)
  return bytes
}

/** KVM is a device of the kernel. */
export const kvmDevice = { '/sys/devices/virtual/misc/kvm/dev': '10:232\n' } as const

/** A kernel of 16 KiB pages has one size of huge ones that fits: a whole page of a table. */
export const hugePageSizesKiB: readonly number[] = [32768]
export const pageSizesKiB: readonly number[] = [16, 32768]

/** A node with nothing set aside, its CPUs as they are described. */
export function cell(
  id: number,
  cpus: readonly DescribedCpu[],
  { memoryKiB, distances }: { readonly memoryKiB: number; readonly distances: readonly number[] },
): HostInfo['cells'][number] {
  return {
    id,
    memoryKiB,
    cpus: cpus.map((one) => one.id),
    threads: cpus.map(threadOf),
    pages: [
      { sizeKiB: 16, count: memoryKiB / 16 },
      { sizeKiB: 32768, count: 0 },
    ],
    distances: distances.map((value, node) => ({ id: node, value })),
  }
}

function threadOf({ id, socket, core, siblings = [id] }: DescribedCpu): HostThread {
  return { id, socketId: socket, dieId: 0, coreId: core, siblings }
}
