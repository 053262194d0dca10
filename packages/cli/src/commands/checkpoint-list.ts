import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { checkListOptions, treeListAnswer } from '../snapshots/tree-list.ts'

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

async function checkpointList(context: Context, options: Options): Promise<Answer> {
  checkListOptions(options, ['from'])
  const { hypervisor, reference } = await lookupDomain(context, options)
  const all = await hypervisor.domainListAllCheckpoints(reference)
  const from = options.text('from')
  // Also says that there is none of this name.
  const origin =
    from === undefined ? undefined : await hypervisor.domainCheckpointLookup(reference, from)
  return treeListAnswer(context, options, { all, origin })
}
