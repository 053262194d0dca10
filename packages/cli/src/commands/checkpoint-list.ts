import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { CheckpointSummary } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import { formatTree } from '../output/format-tree.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { localTime } from '../output/local-time.ts'
import { isBelow } from '../snapshots/family-tree.ts'

export const commands: readonly Command[] = [
  {
    name: 'checkpoint-list',
    group: 'checkpoint',
    summary: 'List checkpoints for a domain',
    description: 'Checkpoint List',
    options: [
      domainOption,
      flag('parent', 'add a column showing parent checkpoint'),
      flag('roots', 'list only checkpoints without parents'),
      flag('leaves', 'list only checkpoints without children'),
      flag('no-leaves', 'list only checkpoints that are not leaves (with children)'),
      flag('tree', 'list checkpoints in a tree'),
      text('from', 'limit list to children of given checkpoint', 'checkpoint'),
      flag('descendants', 'with --from, list all descendants'),
      flag('name', 'list checkpoint names only'),
      flag('topological', 'sort list topologically rather than by name'),
    ],
    run: checkpointList,
  },
]

const exclusive = [
  ['tree', 'name'],
  ['parent', 'roots'],
  ['parent', 'tree'],
  ['roots', 'tree'],
  ['roots', 'from'],
] as const

async function checkpointList(context: Context, options: Options): Promise<Answer> {
  for (const [one, other] of exclusive) {
    if (options.flag(one) && options.flag(other)) {
      throw invalidArgument(`--${one} and --${other} are mutually exclusive`)
    }
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  const all = await hypervisor.domainListAllCheckpoints(reference)
  const from = options.text('from')
  // Also says that there is none of this name.
  const origin =
    from === undefined ? undefined : await hypervisor.domainCheckpointLookup(reference, from)
  const deep = options.flag('descendants') || options.flag('tree')
  const shown = all
    .filter((each) => origin === undefined || isBelow(all, each, { origin: origin.name, deep }))
    .filter((each) => passes(all, each, options))
  const sorted = options.flag('topological')
    ? shown
    : shown.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (options.flag('name')) {
    return linesAnswer(sorted.map(({ name }) => name))
  }
  if (options.flag('tree')) {
    return {
      text: formatTree(origin === undefined ? sorted : [origin, ...sorted]),
      json: sorted,
    }
  }
  return { text: table(context, sorted, options.flag('parent')), json: sorted }
}

function table(
  { settings }: Context,
  checkpoints: readonly CheckpointSummary[],
  withParent: boolean,
): string {
  return formatTable(
    ['Name', 'Creation Time', ...(withParent ? ['Parent'] : [])],
    checkpoints.map((each) => [
      each.name,
      localTime(each.createdAtMs),
      ...(withParent ? [each.parent ?? ''] : []),
    ]),
    { quiet: settings.quiet },
  )
}

function passes(
  all: readonly CheckpointSummary[],
  each: CheckpointSummary,
  options: Options,
): boolean {
  if (options.flag('roots') && each.parent !== undefined) return false
  const leaves = options.flag('leaves')
  // Both together leave nothing out.
  if (leaves === options.flag('no-leaves')) return true
  const hasChildren = all.some(({ parent }) => parent === each.name)
  return hasChildren !== leaves
}
