import { CommandError, explainFailure, invalidArgument, UsageError } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { printable } from '../core.ts'
import type { SnapshotOptions, SnapshotSummary } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import type { FoundDomain } from '../lookup-domain.ts'
import { flag, later, named, need, text, words, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { nameAnswer } from '../output/line-answer.ts'
import { longWork } from '../output/long-work.ts'
import { partAnswer } from '../output/part-answer.ts'
import { exclude } from '../parse/option-pairs.ts'
import { readDocument } from '../read-document.ts'
import { countBelow } from '../snapshots/family-tree.ts'
import { snapshotXml } from '../snapshots/snapshot-xml.ts'

/** How a snapshot is taken. */
const takeOptions: readonly OptionSpec[] = [
  flag('no-metadata', 'take snapshot but create no metadata'),
  flag('halt', 'halt domain after snapshot is created'),
  flag('disk-only', 'capture disk state but not vm state'),
  flag('reuse-external', 'reuse any existing external files'),
  flag('quiesce', "quiesce guest's file systems"),
  flag('atomic', 'require atomic operation'),
  flag('live', 'take a live snapshot'),
  later(flag('validate', 'validate the XML against the schema')),
]

export const commands: readonly Command[] = [
  {
    name: 'snapshot-create',
    group: 'snapshot',
    summary: 'Create a snapshot from XML',
    description: 'Create a snapshot (disk and RAM) from XML',
    options: [
      domainOption,
      text('xmlfile', 'domain snapshot XML'),
      flag('redefine', 'redefine metadata for existing snapshot'),
      flag('current', 'with redefine, set current snapshot'),
      ...takeOptions,
    ],
    run: create,
  },
  {
    name: 'snapshot-create-as',
    group: 'snapshot',
    summary: 'Create a snapshot from a set of args',
    description: 'Create a snapshot (disk and RAM) from arguments',
    options: [
      domainOption,
      text('name', 'name of snapshot'),
      text('description', 'description of snapshot'),
      flag('print-xml', 'print XML document rather than create'),
      ...takeOptions,
      named(text('memspec', 'memory attributes: [file=]name[,snapshot=type]')),
      words(
        'diskspec',
        'disk attributes: disk[,snapshot=type][,driver=type][,stype=type][,file=name]',
      ),
    ],
    run: createAs,
  },
  {
    name: 'snapshot-current',
    group: 'snapshot',
    summary: 'Get or set the current snapshot',
    description: 'Get or set the current snapshot',
    options: [
      domainOption,
      flag('name', 'list the name, rather than the full xml'),
      later(flag('security-info', 'include security sensitive information in XML dump')),
      text('snapshotname', 'name of existing snapshot to make current', 'snapshot'),
    ],
    run: current,
  },
  {
    name: 'snapshot-delete',
    group: 'snapshot',
    summary: 'Delete a domain snapshot',
    description: 'Snapshot Delete',
    options: [
      domainOption,
      text('snapshotname', 'snapshot name', 'snapshot'),
      flag('current', 'delete current snapshot'),
      flag('children', 'delete snapshot and all children'),
      flag('children-only', 'delete children but not snapshot'),
      flag('metadata', 'delete only libvirt metadata, leaving snapshot contents behind'),
    ],
    run: remove,
  },
  {
    name: 'snapshot-dumpxml',
    group: 'snapshot',
    summary: 'Dump XML for a domain snapshot',
    description: 'Snapshot Dump XML',
    options: [
      domainOption,
      need('snapshotname', 'snapshot name', 'snapshot'),
      later(flag('security-info', 'include security sensitive information in XML dump')),
      ...xpathOptions,
    ],
    run: dumpxml,
  },
  {
    name: 'snapshot-info',
    group: 'snapshot',
    summary: 'snapshot information',
    description: 'Returns basic information about a snapshot.',
    options: [
      domainOption,
      text('snapshotname', 'snapshot name', 'snapshot'),
      flag('current', 'info on current snapshot'),
    ],
    run: info,
  },
  {
    name: 'snapshot-parent',
    group: 'snapshot',
    summary: 'Get the name of the parent of a snapshot',
    description: "Extract the snapshot's parent, if any",
    options: [
      domainOption,
      text('snapshotname', 'find parent of snapshot name', 'snapshot'),
      flag('current', 'find parent of current snapshot'),
    ],
    run: parent,
  },
  {
    name: 'snapshot-revert',
    group: 'snapshot',
    summary: 'Revert a domain to a snapshot',
    description: 'Revert domain to snapshot',
    options: [
      domainOption,
      text('snapshotname', 'snapshot name', 'snapshot'),
      flag('current', 'revert to current snapshot'),
      flag('running', 'after reverting, change state to running'),
      flag('paused', 'after reverting, change state to paused'),
      flag('force', 'try harder on risky reverts'),
      later(flag('reset-nvram', 're-initialize NVRAM from its pristine template')),
    ],
    run: revert,
  },
]

async function create(context: Context, options: Options): Promise<Answer> {
  const redefine = options.flag('redefine')
  const asCurrent = options.flag('current')
  if (asCurrent && !redefine) throw new UsageError('Option --redefine is required by --current')
  const file = options.text('xmlfile')
  const xml = file === undefined ? undefined : await readDocument(file)
  return take(context, options, { xml, file, redefinition: { redefine, current: asCurrent } })
}

async function createAs(context: Context, options: Options): Promise<Answer> {
  const xml = snapshotXml(options)
  if (options.flag('print-xml')) {
    await lookupDomain(context, options)
    return documentAnswer(context, xml)
  }
  return take(context, options, { xml })
}

async function take(
  context: Context,
  options: Options,
  from: {
    readonly xml: string | undefined
    readonly file?: string | undefined
    readonly redefinition?: Pick<SnapshotOptions, 'redefine' | 'current'>
  },
): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { redefinition = {} } = from
  const work = longWork(context, 'Snapshot', false)
  const taken = await work.during(
    hypervisor
      .domainSnapshotCreateXml(reference, from.xml, {
        diskOnly: options.flag('disk-only'),
        quiesce: options.flag('quiesce'),
        halt: options.flag('halt'),
        live: options.flag('live'),
        reuseExternal: options.flag('reuse-external'),
        noMetadata: options.flag('no-metadata'),
        ...redefinition,
        ...work.options,
      })
      .catch((cause: unknown) => {
        throw new CommandError('', {
          cause,
          ...(from.file !== undefined && { file: from.file }),
        })
      }),
  )
  const name = printable(taken.name)
  const source = from.file === undefined ? '' : ` from '${printable(from.file)}'`
  return { remark: `Domain snapshot ${name} created${source}`, json: taken }
}

/** The snapshot that is named, or the current one. */
async function chosen(
  { hypervisor, reference }: FoundDomain,
  options: Options,
): Promise<SnapshotSummary> {
  exclude(options, 'snapshotname', 'current')
  const name = options.text('snapshotname')
  if (name !== undefined) return hypervisor.domainSnapshotLookup(reference, name)
  if (options.flag('current')) return hypervisor.domainSnapshotCurrent(reference)
  throw invalidArgument('--snapshotname or --current is required')
}

async function current(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'name', 'snapshotname')
  const wanted = options.text('snapshotname')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (wanted !== undefined) {
    const xml = await hypervisor.domainSnapshotGetXmlDesc(reference, wanted)
    await hypervisor.domainSnapshotCreateXml(reference, xml, { redefine: true, current: true })
    return { remark: `Snapshot ${printable(wanted)} set as current`, json: wanted }
  }
  const all = await hypervisor.domainListAllSnapshots(reference)
  const found = all.find((snapshot) => snapshot.current)
  if (found === undefined) {
    throw new CommandError(`domain '${domain.name}' has no current snapshot`, {
      code: 'ERR_NO_DOMAIN_SNAPSHOT',
    })
  }
  if (options.flag('name')) return nameAnswer(found.name)
  return documentAnswer(context, await hypervisor.domainSnapshotGetXmlDesc(reference, found.name))
}

async function dumpxml(context: Context, options: Options): Promise<Answer> {
  const name = options.need('snapshotname')
  const { hypervisor, reference } = await lookupDomain(context, options)
  return partAnswer(context, options, await hypervisor.domainSnapshotGetXmlDesc(reference, name))
}

async function info(context: Context, options: Options): Promise<Answer> {
  const found = await lookupDomain(context, options)
  const snapshot = await chosen(found, options)
  const all = await found.hypervisor.domainListAllSnapshots(found.reference)
  const { children, descendants } = countBelow(all, snapshot.name)
  const rows = [
    ['Name:', snapshot.name],
    ['Domain:', found.domain.name],
    ['Current:', snapshot.current ? 'yes' : 'no'],
    ['State:', snapshot.state],
    ['Location:', snapshot.location],
    ['Parent:', snapshot.parent ?? '-'],
    ['Children:', String(children)],
    ['Descendants:', String(descendants)],
    ['Metadata:', 'yes'],
  ] as const
  return {
    text: formatRows(rows),
    json: { ...snapshot, children, descendants },
  }
}

async function parent(context: Context, options: Options): Promise<Answer> {
  const snapshot = await chosen(await lookupDomain(context, options), options)
  if (snapshot.parent === undefined) {
    throw new CommandError(`snapshot '${snapshot.name}' has no parent`, {
      code: 'ERR_NO_DOMAIN_SNAPSHOT',
    })
  }
  return nameAnswer(snapshot.parent)
}

async function revert(context: Context, options: Options): Promise<Answer> {
  const found = await lookupDomain(context, options)
  const { name } = await chosen(found, options)
  const work = longWork(context, 'Revert', false)
  const { hypervisor, reference } = found
  await work.during(
    explainFailure(
      `Failed to revert snapshot ${name}`,
      hypervisor.domainRevertToSnapshot(reference, name, {
        ...(options.flag('running') && { running: true }),
        ...(options.flag('paused') && { paused: true }),
        force: options.flag('force'),
        ...work.options,
      }),
    ),
  )
  return { remark: `Domain snapshot ${printable(name)} reverted\n`, json: { name } }
}

async function remove(context: Context, options: Options): Promise<Answer> {
  const found = await lookupDomain(context, options)
  const { name } = await chosen(found, options)
  const childrenOnly = options.flag('children-only')
  await explainFailure(
    `Failed to delete snapshot ${name}`,
    found.hypervisor.domainSnapshotDelete(found.reference, name, {
      children: options.flag('children'),
      childrenOnly,
      metadata: options.flag('metadata'),
    }),
  )
  const what = childrenOnly ? `${printable(name)} children` : printable(name)
  return { remark: `Domain snapshot ${what} deleted\n`, json: { name } }
}
