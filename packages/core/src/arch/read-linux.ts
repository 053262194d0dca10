import type { HostFiles } from './host-info.ts'

/**
 * What Linux tells of itself in the same place on every architecture. Host readers call these for
 * it, and keep to themselves only what their processors and firmware say.
 */

const decoder = new TextDecoder()

/** A file as text; empty when it is missing. */
export function hostText(files: HostFiles, path: string): string {
  const bytes = files.read(path)
  return bytes === undefined ? '' : decoder.decode(bytes)
}

/** All memory, from /proc/meminfo; 0 when it is not told. */
export function hostMemoryKiB(files: HostFiles): number {
  return Number(/^MemTotal:\s*(\d+)/m.exec(hostText(files, '/proc/meminfo'))?.[1] ?? 0)
}

/** The base page and the huge ones that the kernel offers, rising. */
export function hostPageSizesKiB(files: HostFiles, baseKiB: number): readonly number[] {
  const huge = files
    .list('/sys/kernel/mm/hugepages')
    .map((name) => Number(/^hugepages-(\d+)kB$/.exec(name)?.[1] ?? 0))
    .filter((size) => size > 0)
  return [baseKiB, ...huge.toSorted((a, b) => a - b)]
}
