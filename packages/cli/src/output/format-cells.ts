import { formatCpuset } from './format-cpuset.ts'
import { formatTable } from './format-table.ts'

/** A NUMA cell, from whichever source. */
export interface CellRow {
  readonly id: number
  readonly memoryKiB?: number
  /** Numbers of its CPUs, rising. */
  readonly cpus: readonly number[]
  readonly distances?: readonly { readonly id: number; readonly value: number }[]
  readonly pages?: readonly { readonly sizeKiB: number; readonly count: number }[]
}

export function formatCells(cells: readonly CellRow[], columns?: number): string {
  if (cells.length === 0) return ''
  return formatTable(
    ['Cell', 'Memory', 'CPUs', 'Distances', 'Pages'],
    cells.map(({ id, memoryKiB, cpus, distances = [], pages = [] }) => [
      String(id),
      inKiB(memoryKiB),
      formatCpuset(cpus) || '-',
      distances.map((distance) => `${distance.id}:${distance.value}`).join(' ') || '-',
      pages.map(({ sizeKiB, count }) => `${count} of ${sizeKiB} KiB`).join(', ') || '-',
    ]),
    { columns },
  )
}

/** A cache that CPUs share, from whichever source. */
export interface CacheRow {
  readonly level?: number
  readonly type?: string
  readonly sizeKiB?: number
  /** As a set: `0-3,8`. */
  readonly cpus?: string
}

export function formatCaches(caches: readonly CacheRow[], columns?: number): string {
  if (caches.length === 0) return ''
  return formatTable(
    ['Level', 'Type', 'Size', 'CPUs'],
    caches.map(({ level, type, sizeKiB, cpus }) => [
      String(level ?? '-'),
      type ?? '-',
      inKiB(sizeKiB),
      cpus ?? '-',
    ]),
    { columns },
  )
}

function inKiB(size: number | undefined): string {
  return size === undefined ? '-' : `${size} KiB`
}
