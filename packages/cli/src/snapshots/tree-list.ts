import { UsageError } from '../command-error.ts'
import type { Answer, Context, Options } from '../command.ts'
import { formatTable } from '../output/format-table.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { localTime } from '../output/local-time.ts'
import { exclude } from '../parse/option-pairs.ts'
import { isBelow } from './family-tree.ts'
import type { TreeMember } from './family-tree.ts'
import { formatTree } from './format-tree.ts'

/** A snapshot or a checkpoint, as far as a list of them goes. */
export interface ListedMember extends TreeMember {
  readonly createdAtMs: number
}

/** Flags that ask of one thing, and whether it holds of a member. */
export type FilterKind = readonly (readonly [flag: string, holds: boolean])[]

const exclusive = [
  ['tree', 'name'],
  ['parent', 'roots'],
  ['parent', 'tree'],
  ['roots', 'tree'],
  ['roots', 'from'],
  ['roots', 'current'],
] as const

/**
 * @param origins options that say below what the list is
 * @throws UsageError in virsh's words, where options of a list contradict or miss each other.
 */
export function checkListOptions(options: Options, origins: readonly string[]): void {
  for (const [one, other] of exclusive) exclude(options, one, other)
  if (options.flag('descendants') && !origins.some((origin) => options.flag(origin))) {
    const names = origins.map((origin) => `--${origin}`)
    throw new UsageError(
      `--descendants requires ${names.length > 1 ? 'either ' : ''}${names.join(' or ')}`,
    )
  }
}

export interface ListOf<T> {
  readonly all: readonly T[]
  /** The one below which the list is; all are listed where there is none. */
  readonly origin: T | undefined
  /** What is asked besides the place in the tree. */
  readonly kinds?: (member: T) => readonly FilterKind[]
  /** Columns between the time and the parent. */
  readonly columns?: readonly { readonly title: string; readonly cell: (member: T) => string }[]
}

/** The members that the options leave, as names, as a tree or as a table. */
export function treeListAnswer<T extends ListedMember>(
  context: Context,
  options: Options,
  { all, origin, kinds, columns = [] }: ListOf<T>,
): Answer {
  const deep = options.flag('descendants') || options.flag('tree')
  const shown = all
    .filter((each) => origin === undefined || isBelow(all, each, { origin: origin.name, deep }))
    .filter((each) => passes([...treeKinds(all, each), ...(kinds?.(each) ?? [])], options))
  const sorted = options.flag('topological')
    ? shown
    : shown.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (options.flag('name')) return linesAnswer(sorted.map(({ name }) => name))
  if (options.flag('tree')) {
    const nodes = origin === undefined ? sorted : [origin, ...sorted]
    return { text: formatTree(nodes), json: sorted }
  }
  const withParent = options.flag('parent')
  const head = ['Name', 'Creation Time', ...columns.map(({ title }) => title)]
  const text = formatTable(
    withParent ? [...head, 'Parent'] : head,
    sorted.map((each) => [
      each.name,
      localTime(each.createdAtMs),
      ...columns.map(({ cell }) => cell(each)),
      ...(withParent ? [each.parent ?? ''] : []),
    ]),
    { quiet: context.settings.quiet },
  )
  return { text, json: sorted }
}

function treeKinds(all: readonly TreeMember[], each: TreeMember): readonly FilterKind[] {
  const hasChildren = all.some(({ parent }) => parent === each.name)
  return [
    [['roots', each.parent === undefined]],
    [
      ['leaves', !hasChildren],
      ['no-leaves', hasChildren],
    ],
  ]
}

/** Filters of one kind add up; those of different kinds all have to hold. */
function passes(kinds: readonly FilterKind[], options: Options): boolean {
  return kinds.every((kind) => {
    const given = kind.filter(([name]) => options.flag(name))
    return given.length === 0 || given.some(([, holds]) => holds)
  })
}
