import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { SnapshotSummary } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import { formatTree } from '../output/format-tree.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { localTime } from '../output/local-time.ts'
import { isBelow } from '../snapshots/family-tree.ts'

export const commands: readonly Command[] = [
  {
    name: 'snapshot-list',
    group: 'snapshot',
    summary: 'List snapshots for a domain',
    description: 'Snapshot List',
    options: [
      domainOption,
      flag('parent', 'add a column showing parent snapshot'),
      flag('roots', 'list only snapshots without parents'),
      flag('leaves', 'list only snapshots without children'),
      flag('no-leaves', 'list only snapshots that are not leaves (with children)'),
      flag('metadata', 'list only snapshots that have metadata that would prevent undefine'),
      flag('no-metadata', 'list only snapshots that have no metadata managed by libvirt'),
      flag('inactive', 'filter by snapshots taken while inactive'),
      flag('active', 'filter by snapshots taken while active (full system snapshots)'),
      flag('disk-only', 'filter by disk-only snapshots'),
      flag('internal', 'filter by internal snapshots'),
      flag('external', 'filter by external snapshots'),
      flag('tree', 'list snapshots in a tree'),
      text('from', 'limit list to children of given snapshot', 'snapshot'),
      flag('current', 'limit list to children of current snapshot'),
      flag('descendants', 'with --from, list all descendants'),
      flag('name', 'list snapshot names only'),
      flag('topological', 'sort list topologically rather than by name'),
    ],
    run: snapshotList,
  },
]

async function snapshotList(context: Context, options: Options): Promise<Answer> {
  checkOptions(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const all = await hypervisor.domainListAllSnapshots(reference)
  const origin = originOf(all, options)
  const below =
    origin === undefined
      ? all
      : all.filter((each) =>
          isBelow(all, each, { origin, deep: options.flag('descendants') || options.flag('tree') }),
        )
  const shown = below.filter((each) => passes(all, each, options))
  const sorted = options.flag('topological')
    ? shown
    : shown.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (options.flag('name')) {
    return linesAnswer(sorted.map(({ name }) => name))
  }
  if (options.flag('tree')) {
    const nodes =
      origin === undefined ? sorted : [...all.filter(({ name }) => name === origin), ...sorted]
    return { text: formatTree(nodes), json: sorted }
  }
  const withParent = options.flag('parent')
  return {
    text: formatTable(
      ['Name', 'Creation Time', 'State', ...(withParent ? ['Parent'] : [])],
      sorted.map((each) => [
        each.name,
        localTime(each.createdAtMs),
        each.state,
        ...(withParent ? [each.parent ?? ''] : []),
      ]),
      { quiet: context.settings.quiet },
    ),
    json: sorted,
  }
}

function checkOptions(options: Options): void {
  for (const [one, other] of [
    ['tree', 'name'],
    ['parent', 'roots'],
    ['parent', 'tree'],
    ['roots', 'tree'],
    ['roots', 'from'],
    ['roots', 'current'],
  ] as const) {
    if (options.flag(one) && options.flag(other)) {
      throw invalidArgument(`--${one} and --${other} are mutually exclusive`)
    }
  }
}

/** The snapshot below which the list is. */
function originOf(all: readonly SnapshotSummary[], options: Options): string | undefined {
  const from = options.text('from')
  const origin = all.find((each) => (from === undefined ? each.current : each.name === from))
  if (from === undefined && !options.flag('current')) return undefined
  if (origin !== undefined) return origin.name
  const message =
    from === undefined
      ? 'the domain has no current snapshot'
      : `Domain snapshot not found: no domain snapshot with matching name '${from}'`
  throw new CommandError(message, { code: 'ERR_NO_DOMAIN_SNAPSHOT' })
}

/** Filters of one kind add up; those of different kinds all have to hold. */
function passes(all: readonly SnapshotSummary[], each: SnapshotSummary, options: Options): boolean {
  const hasChildren = all.some(({ parent }) => parent === each.name)
  const disk = each.state === 'disk-snapshot'
  const off = each.state === 'shutoff'
  const kinds: readonly (readonly (readonly [string, boolean])[])[] = [
    [['roots', each.parent === undefined]],
    [
      ['leaves', !hasChildren],
      ['no-leaves', hasChildren],
    ],
    [
      ['metadata', true],
      ['no-metadata', false],
    ],
    [
      ['inactive', off],
      ['active', !off && !disk],
      ['disk-only', disk],
    ],
    [
      ['internal', each.location === 'internal'],
      ['external', each.location === 'external'],
    ],
  ]
  return kinds.every((kind) => {
    const given = kind.filter(([name]) => options.flag(name))
    return given.length === 0 || given.some(([, holds]) => holds)
  })
}
