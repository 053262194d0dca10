import type { Explanation } from '../core.ts'
import { formatTable } from './format-table.ts'

/** Machine capabilities that were negotiated with this host; nothing where there are none. */
export function formatGrants(
  capabilities: Explanation['capabilities'],
  columns: number | undefined,
): string {
  if (capabilities.length === 0) return ''
  return formatTable(
    ['Capability', 'Requested', 'Default', 'Granted', 'Offered'],
    capabilities.map(({ path, requested, default: own, granted, offered }) => [
      ...[path, requested ?? '-', own ?? '-', granted ?? '-', offered.join(', ') || '-'],
    ]),
    { columns },
  )
}
