import type { NodeCpuMap } from '../core.ts'
import { formatCpuset } from '../output/format-cpuset.ts'

/**
 * virsh's three lines. libvirt counts CPUs up to the last one that is present, so that each has its
 * letter also where some have been taken out.
 */
export function formatCpuMap({ present, online }: NodeCpuMap, pretty: boolean): string {
  const count = present.reduce((most, cpu) => Math.max(most, cpu + 1), 0)
  const isOnline = new Set(online)
  const letters = (): string =>
    Array.from({ length: count }, (_, cpu) => (isOnline.has(cpu) ? 'y' : '-')).join('')
  const rows: readonly (readonly [string, string | number])[] = [
    ['CPUs present:', count],
    ['CPUs online:', online.length],
    ['CPU map:', pretty ? formatCpuset(online) : letters()],
  ]
  return rows.map(([name, value]) => `${name.padEnd(15)} ${value}\n`).join('')
}
