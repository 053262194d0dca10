import { printable } from '../core.ts'
import type { Explanation } from '../core.ts'
import { formatGrants } from './format-grants.ts'
import { formatTable } from './format-table.ts'

type Entry = Explanation['entries'][number]

export interface ExplanationOptions {
  /** Width of the terminal; reasons are broken to fit it. */
  readonly columns?: number | undefined
  /** `-q`: one line for each addition, with its whole path, for other programs. */
  readonly quiet: boolean
}

/** What was added to a domain, element by element, as a table for people. */
export function formatExplanation(explanation: Explanation, options: ExplanationOptions): string {
  const { name, arch, machine, entries, capabilities } = explanation
  if (options.quiet) return formatTable(header, entries.map(flatRow), { quiet: true })
  const owners = [...new Set(entries.map(({ owner }) => owner))].filter((owner) => owner !== own)
  const mark = (owner: string): string => '*'.repeat(owners.indexOf(owner) + 1)
  const rows = groupsOf(entries).flatMap(([path, group]) => groupRows(path, group, mark))
  const table = formatTable(['Path', 'Value', 'Reason (rule)'], rows, { columns: options.columns })
  const legend = owners.map((owner) => `${mark(owner)} rule of ${printable(owner)}\n`).join('')
  const grants = formatGrants(capabilities, options.columns)
  return (
    `Domain '${printable(name)}' on ${printable(arch)}, machine ${printable(machine)}: ` +
    `${entries.length} added\n\n${table}${legend === '' ? '' : `\n${legend}`}` +
    (grants === '' ? '' : `\nMachine capabilities on this host\n\n${grants}`)
  )
}

const header = ['Path', 'Value', 'Rule', 'Owner', 'Reason']

/** Whose rules need no mark. */
const own = '@polyvirt/core'

function flatRow({ path, value, rule, owner, reason }: Entry): readonly string[] {
  return [path, plain(value), rule, owner, reason]
}

/** `type drive, unit 0` of `{"type":"drive","unit":0}`; any other value as it is. */
function plain(value: string): string {
  if (!/^\{.*\}$/.test(value)) return value
  try {
    return Object.entries(JSON.parse(value) as Readonly<Record<string, unknown>>)
      .map(
        ([name, inner]) => `${name} ${typeof inner === 'string' ? inner : JSON.stringify(inner)}`,
      )
      .join(', ')
  } catch {
    return value
  }
}

/** Additions by element: those of the domain first, then device by device. */
function groupsOf(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = [...Map.groupBy(entries, elementOf)]
  const kinds = [...new Set(groups.map(([path]) => kindOf(path)))]
  return groups.toSorted(([a], [b]) => {
    const devices = Number(isDevice(a)) - Number(isDevice(b))
    return devices || kinds.indexOf(kindOf(a)) - kinds.indexOf(kindOf(b)) || indexOf(a) - indexOf(b)
  })
}

/** `devices/disk[1]` of `devices/disk[1]/target/@bus`, `os` of `os/type`. */
function elementOf({ path }: Entry): string {
  return /^(?:devices\/)?[^/]+/.exec(path)?.[0] ?? path
}

function isDevice(path: string): boolean {
  return path.startsWith('devices/')
}

function kindOf(path: string): string {
  return path.replace(/\[\d+\]$/, '')
}

function indexOf(path: string): number {
  return Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0)
}

/** The element's own line, and what is in it below, where it is not all in one. */
function groupRows(
  path: string,
  group: readonly Entry[],
  mark: (owner: string) => string,
): readonly (readonly string[])[] {
  const row = (label: string, { value, rule, owner, reason }: Entry): readonly string[] => [
    ...[label, plain(value), `${reason} (${rule}${mark(owner)})`],
  ]
  const [first] = group
  if (first !== undefined && group.length === 1) return [row(first.path, first)]
  const whole = group.filter((entry) => entry.path === path)
  const parts = group.filter((entry) => entry.path !== path)
  return [
    ...(whole.length > 0 ? whole.map((entry) => row(path, entry)) : [[path]]),
    ...parts.map((entry) => row(`  ${entry.path.slice(path.length + 1)}`, entry)),
  ]
}
