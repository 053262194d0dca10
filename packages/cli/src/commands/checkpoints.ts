import { CommandError, explainFailure, UsageError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text, words, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { lineAnswer } from '../output/line-answer.ts'
import { partAnswer } from '../output/part-answer.ts'
import { readDocument } from '../read-document.ts'
import { checkpointName } from '../snapshots/checkpoint-name.ts'
import { checkpointXml } from '../snapshots/checkpoint-xml.ts'
import { countBelow } from '../snapshots/family-tree.ts'

export const commands: readonly Command[] = [
  {
    name: 'checkpoint-create',
    group: 'checkpoint',
    summary: 'Create a checkpoint from XML',
    description: 'Create a checkpoint from XML for use in future incremental backups',
    options: [
      domainOption,
      text('xmlfile', 'domain checkpoint XML'),
      flag('redefine', 'redefine metadata for existing checkpoint'),
      flag('redefine-validate', 'validate the redefined checkpoint'),
      flag('quiesce', "quiesce guest's file systems"),
    ],
    run: create,
  },
  {
    name: 'checkpoint-create-as',
    group: 'checkpoint',
    summary: 'Create a checkpoint from a set of args',
    description: 'Create a checkpoint from arguments for use in future incremental backups',
    options: [
      domainOption,
      text('name', 'name of checkpoint'),
      text('description', 'description of checkpoint'),
      flag('print-xml', 'print XML document rather than create'),
      flag('quiesce', "quiesce guest's file systems"),
      words('diskspec', 'disk attributes: disk[,checkpoint=type][,bitmap=name]'),
    ],
    run: createAs,
  },
  {
    name: 'checkpoint-delete',
    group: 'checkpoint',
    summary: 'Delete a domain checkpoint',
    description: 'Checkpoint Delete',
    options: [
      domainOption,
      text('checkpointname', 'checkpoint name', 'checkpoint'),
      flag('children', 'delete checkpoint and all children'),
      flag('children-only', 'delete children but not checkpoint'),
      flag('metadata', 'delete only libvirt metadata, leaving checkpoint contents behind'),
    ],
    run: remove,
  },
  {
    name: 'checkpoint-dumpxml',
    group: 'checkpoint',
    summary: 'Dump XML for a domain checkpoint',
    description: 'Checkpoint Dump XML',
    options: [
      domainOption,
      text('checkpointname', 'checkpoint name', 'checkpoint'),
      flag('security-info', 'include security sensitive information in XML dump'),
      flag('no-domain', 'exclude <domain> from XML'),
      flag('size', 'include backup size estimate in XML dump'),
      ...xpathOptions,
    ],
    run: dumpxml,
  },
  {
    name: 'checkpoint-info',
    group: 'checkpoint',
    summary: 'checkpoint information',
    description: 'Returns basic information about a checkpoint.',
    options: [domainOption, text('checkpointname', 'checkpoint name', 'checkpoint')],
    run: info,
  },
  {
    name: 'checkpoint-parent',
    group: 'checkpoint',
    summary: 'Get the name of the parent of a checkpoint',
    description: "Extract the checkpoint's parent, if any",
    options: [domainOption, text('checkpointname', 'find parent of checkpoint name', 'checkpoint')],
    run: parent,
  },
]

async function create(context: Context, options: Options): Promise<Answer> {
  const validate = options.flag('redefine-validate')
  const redefine = options.flag('redefine')
  if (validate && !redefine) {
    throw new UsageError('Option --redefine is required by --redefine-validate')
  }
  const file = options.text('xmlfile')
  const xml = file === undefined ? undefined : await readDocument(file)
  return make(context, options, { xml, file, redefinition: { redefine, validate } })
}

async function createAs(context: Context, options: Options): Promise<Answer> {
  const xml = checkpointXml(options)
  if (options.flag('print-xml')) {
    await lookupDomain(context, options)
    return documentAnswer(context, xml)
  }
  return make(context, options, { xml })
}

async function make(
  context: Context,
  options: Options,
  from: {
    readonly xml: string | undefined
    readonly file?: string | undefined
    readonly redefinition?: { readonly redefine: boolean; readonly validate: boolean }
  },
): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const made = await hypervisor
    .domainCheckpointCreateXml(reference, from.xml, {
      quiesce: options.flag('quiesce'),
      ...from.redefinition,
    })
    .catch((cause: unknown) => {
      throw new CommandError('', { cause, ...(from.file !== undefined && { file: from.file }) })
    })
  const source = from.file === undefined ? '' : ` from '${printable(from.file)}'`
  return { remark: `Domain checkpoint ${printable(made.name)} created${source}`, json: made }
}

async function dumpxml(context: Context, options: Options): Promise<Answer> {
  const name = checkpointName(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const xml = await hypervisor.domainCheckpointGetXmlDesc(reference, name, {
    noDomain: options.flag('no-domain'),
    size: options.flag('size'),
    securityInfo: options.flag('security-info'),
  })
  return partAnswer(context, options, xml)
}

async function info(context: Context, options: Options): Promise<Answer> {
  const name = checkpointName(options)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const checkpoint = await hypervisor.domainCheckpointLookup(reference, name)
  const all = await hypervisor.domainListAllCheckpoints(reference)
  const { children, descendants } = countBelow(all, checkpoint.name)
  const rows = [
    ['Name:', checkpoint.name],
    ['Domain:', domain.name],
    ['Parent:', checkpoint.parent ?? '-'],
    ['Children:', String(children)],
    ['Descendants:', String(descendants)],
  ] as const
  return {
    text: formatRows(rows),
    json: { ...checkpoint, children, descendants },
  }
}

async function parent(context: Context, options: Options): Promise<Answer> {
  const name = checkpointName(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const checkpoint = await hypervisor.domainCheckpointLookup(reference, name)
  if (checkpoint.parent === undefined) {
    throw new CommandError(`checkpoint '${checkpoint.name}' has no parent`, {
      code: 'ERR_NO_DOMAIN_CHECKPOINT',
    })
  }
  return lineAnswer(checkpoint.parent)
}

async function remove(context: Context, options: Options): Promise<Answer> {
  const name = checkpointName(options)
  const childrenOnly = options.flag('children-only')
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    `Failed to delete checkpoint ${name}`,
    hypervisor.domainCheckpointDelete(reference, name, {
      children: options.flag('children'),
      childrenOnly,
      metadata: options.flag('metadata'),
    }),
  )
  const what = childrenOnly ? `${printable(name)} children` : printable(name)
  return { remark: `Domain checkpoint ${what} deleted\n`, json: { name } }
}
