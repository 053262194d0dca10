import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'

/** Strings as the device tree has them. */
export function strings(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\0`).join('')
}

/** Paths below the device tree. */
export function tree(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([path, value]) => [`/proc/device-tree/${path}`, value]),
  )
}

/** /proc/cpuinfo of harts that differ in nothing but their number. */
export function cpuinfo(harts: readonly number[], lines: Readonly<Record<string, string>>): string {
  const tabs = (name: string): string => (name.length < 8 ? `${name}\t\t` : `${name}\t`)
  const line = ([name, value]: readonly [string, string | number]): string =>
    `${tabs(name)}: ${value}\n`
  return harts
    .map(
      (hart, processor) =>
        `${Object.entries({ processor, hart, ...lines })
          .map(line)
          .join('')}\n`,
    )
    .join('')
}

/** CPUs of one socket, all online. */
export function cpusOf(
  count: number,
  node: (id: number) => number = () => 0,
): readonly DescribedCpu[] {
  return range(count).map((id) => ({ id, socket: 0, core: id, node: node(id) }))
}

export function threads(ids: readonly number[]): readonly HostThread[] {
  return ids.map((id) => ({ id, socketId: 0, dieId: 0, coreId: id, siblings: [id] }))
}

/** A node with nothing set aside. */
export function cell(
  id: number,
  memoryKiB: number,
  cpus: readonly number[],
  distances: readonly number[] = [10],
): HostInfo['cells'][number] {
  return {
    id,
    memoryKiB,
    cpus,
    threads: threads(cpus),
    pages: [
      { sizeKiB: 4, count: memoryKiB / 4 },
      { sizeKiB: 2048, count: 0 },
      { sizeKiB: 1048576, count: 0 },
    ],
    distances: distances.map((value, node) => ({ id: node, value })),
  }
}

export const hugePageSizesKiB: readonly number[] = [2048, 1048576]

export const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i)
