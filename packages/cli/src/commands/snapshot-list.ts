import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { SnapshotSummary } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { checkListOptions, treeListAnswer } from '../snapshots/tree-list.ts'
import type { FilterKind } from '../snapshots/tree-list.ts'

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
  checkListOptions(options, ['from', 'current'])
  const { hypervisor, reference } = await lookupDomain(context, options)
  const all = await hypervisor.domainListAllSnapshots(reference)
  return treeListAnswer(context, options, {
    all,
    origin: originOf(all, options),
    kinds: snapshotKinds,
    columns: [{ title: 'State', cell: ({ state }) => state }],
  })
}

/** The snapshot below which the list is. */
function originOf(all: readonly SnapshotSummary[], options: Options): SnapshotSummary | undefined {
  const from = options.text('from')
  if (from === undefined && !options.flag('current')) return undefined
  const origin = all.find((each) => (from === undefined ? each.current : each.name === from))
  if (origin !== undefined) return origin
  const message =
    from === undefined
      ? 'the domain has no current snapshot'
      : `Domain snapshot not found: no domain snapshot with matching name '${from}'`
  throw new CommandError(message, { code: 'ERR_NO_DOMAIN_SNAPSHOT' })
}

function snapshotKinds({ state, location }: SnapshotSummary): readonly FilterKind[] {
  const disk = state === 'disk-snapshot'
  const off = state === 'shutoff'
  return [
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
      ['internal', location === 'internal'],
      ['external', location === 'external'],
    ],
  ]
}
