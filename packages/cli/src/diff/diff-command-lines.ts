import { align } from './align.ts'
import type { Costs } from './align.ts'
import { formatOption } from './command-line.ts'
import type { CommandLine, CommandOption } from './command-line.ts'
import type { Difference } from './difference.ts'

/**
 * How two command lines differ.
 *
 * Options with an id are matched by it, wherever they stand; only the order of `-device` means
 * something, because devices without an address get theirs in that order. Other options are compared
 * with those of their name, in order. Keys of one option have no order.
 */
export function diffCommandLines(left: CommandLine, right: CommandLine): readonly Difference[] {
  const program: readonly Difference[] =
    left.program === right.program
      ? []
      : [{ kind: 'changed', path: 'program', left: left.program, right: right.program }]
  const [groups, others] = [byKey(left.options, nameOf), byKey(right.options, nameOf)]
  const options = [...new Set([...groups.keys(), ...others.keys()])].flatMap((name) => {
    const lists = [groups.get(name) ?? [], others.get(name) ?? []] as const
    if (!withIds.has(name)) return diffInOrder(name, ...lists)
    return [...diffById(name, ...lists), ...(name === 'device' ? diffOrder(...lists) : [])]
  })
  return [...program, ...options]
}

const withIds: ReadonlySet<string> = new Set([
  ...['device', 'object', 'netdev', 'chardev', 'blockdev'],
  ...['audiodev', 'fsdev', 'tpmdev', 'mon'],
])

type Options = readonly CommandOption[]

function diffById(name: string, left: Options, right: Options): readonly Difference[] {
  const [groups, others] = [byKey(left, idOf), byKey(right, idOf)]
  return [...new Set([...groups.keys(), ...others.keys()])].flatMap((id) => {
    const [a, b] = [groups.get(id) ?? [], others.get(id) ?? []]
    const path = id.startsWith('[') ? `-${name}` : `-${name} ${id}`
    return (a.length > b.length ? a : b).flatMap((_, at) => diffOption(path, a[at], b[at]))
  })
}

/** The ids that both sides have must come in the same order. */
function diffOrder(left: Options, right: Options): readonly Difference[] {
  const [ids, others] = [left.map(idOf), right.map(idOf)]
  const common = ids.filter((id) => others.includes(id)).join(' ')
  const other = others.filter((id) => ids.includes(id)).join(' ')
  if (common === other) return []
  return [{ kind: 'moved', path: '-device order', left: common, right: other }]
}

function diffInOrder(name: string, left: Options, right: Options): readonly Difference[] {
  const many = left.length > 1 || right.length > 1
  let [at, other] = [0, 0]
  return align(left, right, costs).flatMap(([a, b]) => {
    if (a !== undefined) at++
    if (b !== undefined) other++
    const index = many ? `[${a === undefined ? other : at}]` : ''
    return diffOption(name === '' ? `argument${index}` : `-${name}${index}`, a, b)
  })
}

function diffOption(
  path: string,
  left: CommandOption | undefined,
  right: CommandOption | undefined,
): readonly Difference[] {
  if (left === undefined && right === undefined) return []
  if (left === undefined || right === undefined) {
    return [
      {
        kind: left === undefined ? 'added' : 'removed',
        path,
        ...(left && { left: formatOption(left) }),
        ...(right && { right: formatOption(right) }),
      },
    ]
  }
  const keys = [...new Set([...left.values.keys(), ...right.values.keys()])]
  return keys.flatMap((key): readonly Difference[] => {
    const [a, b] = [left.values.get(key), right.values.get(key)]
    if (a === b) return []
    return [
      {
        kind: a === undefined ? 'added' : b === undefined ? 'removed' : 'changed',
        path: key === '' ? path : `${path} ${key}`,
        ...(a !== undefined && { left: a }),
        ...(b !== undefined && { right: b }),
      },
    ]
  })
}

const costs: Costs<CommandOption> = {
  isSame: (left, right) => contentOf(left) === contentOf(right),
  change: (left, right) => diffOption('', left, right).length,
  size: ({ values }) => 1 + values.size,
}

function nameOf({ name }: CommandOption): string {
  return name
}

/** The option's id; of one that has none, all of it. */
function idOf(option: CommandOption): string {
  return option.values.get('id') ?? option.values.get('node-name') ?? contentOf(option)
}

function contentOf({ name, values }: CommandOption): string {
  return JSON.stringify([name, [...values].toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

function byKey(
  options: Options,
  keyOf: (option: CommandOption) => string,
): ReadonlyMap<string, Options> {
  return Map.groupBy(options, keyOf)
}
