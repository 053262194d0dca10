import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, loadXmlReader, printable } from '../core.ts'
import type { SnapshotSummary } from '../core.ts'
import { editOnce } from '../edit/edit-once.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { exclude } from '../parse/option-pairs.ts'
import { checkpointName } from '../snapshots/checkpoint-name.ts'

export const commands: readonly Command[] = [
  {
    name: 'checkpoint-edit',
    group: 'checkpoint',
    summary: 'edit XML for a checkpoint',
    description: 'Edit the domain checkpoint XML for a named checkpoint',
    options: [domainOption, text('checkpointname', 'checkpoint name', 'checkpoint')],
    run: editCheckpoint,
  },
  {
    name: 'snapshot-edit',
    group: 'snapshot',
    summary: 'edit XML for a snapshot',
    description: 'Edit the domain snapshot XML for a named snapshot',
    options: [
      domainOption,
      text('snapshotname', 'snapshot name', 'snapshot'),
      flag('current', 'also set edited snapshot as current'),
      flag('rename', 'allow renaming an existing snapshot'),
      flag('clone', 'allow cloning to new name'),
    ],
    run: editSnapshot,
  },
]

interface Edited {
  readonly xml: string
  readonly name: string
}

/** One turn of the editor; nothing where nothing was changed. */
async function edit(context: Context, read: () => Promise<string>): Promise<Edited | undefined> {
  const { text: xml, isChanged } = await editOnce(context, read)
  if (!isChanged) return undefined
  const readXml = await loadXmlReader()
  return { xml, name: elementAt(readXml(xml), 'name')?.text.trim() ?? '' }
}

async function editCheckpoint(context: Context, options: Options): Promise<Answer> {
  const name = checkpointName(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const edited = await edit(context, () =>
    hypervisor.domainCheckpointGetXmlDesc(reference, name, { securityInfo: true }),
  )
  if (edited === undefined) {
    const remark = `Checkpoint ${printable(name)} XML configuration not changed.\n`
    return { remark, json: { changed: false } }
  }
  if (edited.name !== name) {
    throw new CommandError(`Failed to update ${name}`, {
      cause: new CommandError(`Cannot rename checkpoint ${name} to ${edited.name}`, {
        code: 'ERR_INVALID_ARG',
      }),
    })
  }
  await explainFailure(
    `Failed to update ${name}`,
    hypervisor.domainCheckpointCreateXml(reference, edited.xml, { redefine: true }),
    { file: 'edited XML' },
  )
  return { remark: `Checkpoint ${printable(name)} edited.\n`, json: { changed: true } }
}

async function editSnapshot(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'rename', 'clone')
  const given = options.text('snapshotname')
  const asCurrent = options.flag('current')
  if (given === undefined && !asCurrent) {
    throw invalidArgument('--snapshotname or --current is required')
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { name, current, location } =
    given === undefined
      ? await hypervisor.domainSnapshotCurrent(reference)
      : await hypervisor.domainSnapshotLookup(reference, given)
  const read = (): Promise<string> => hypervisor.domainSnapshotGetXmlDesc(reference, name)
  const edited = await edit(context, read)
  const becomes = asCurrent && !current
  if (edited === undefined && !becomes) {
    const remark = `Snapshot ${printable(name)} XML configuration not changed.\n`
    return { remark, json: { changed: false } }
  }
  const { xml, name: next } = edited ?? { xml: await read(), name }
  if (next !== name) checkOtherName(options, { name, location, next })
  await explainFailure(
    `Failed to update ${name}`,
    hypervisor.domainSnapshotCreateXml(reference, xml, {
      redefine: true,
      ...((asCurrent || current) && { current: true }),
    }),
    { file: 'edited XML' },
  )
  if (next === name)
    return { remark: `Snapshot ${printable(name)} edited.\n`, json: { changed: true } }
  if (options.flag('rename')) {
    await hypervisor.domainSnapshotDelete(reference, name, { metadata: true })
  }
  const how = options.flag('rename') ? 'renamed' : 'cloned'
  return {
    remark: `Snapshot ${printable(name)} ${how} to ${printable(next)}.\n`,
    json: { changed: true, name: next },
  }
}

/** @throws CommandError where a snapshot may not, or cannot, be called otherwise. */
function checkOtherName(
  options: Options,
  { name, location, next }: Pick<SnapshotSummary, 'name' | 'location'> & { readonly next: string },
): void {
  if (!options.flag('rename') && !options.flag('clone')) {
    throw new CommandError(`Failed to update ${name}`, {
      cause: invalidArgument(`must use --rename or --clone to change ${name} to ${next}`),
    })
  }
  if (location === 'internal') {
    // libvirt lets it be renamed, and it cannot be gone back to afterwards.
    throw new CommandError(`Failed to update ${name}`, {
      cause: new CommandError(
        `the images keep the state of snapshot ${name} under this name; it cannot get another`,
        { code: 'ERR_OPERATION_UNSUPPORTED' },
      ),
    })
  }
}
