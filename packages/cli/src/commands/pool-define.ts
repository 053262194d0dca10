import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, OptionSpec, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor } from '../core.ts'
import { validateOption, warnAll } from '../document-options.ts'
import { flag, later, need, text } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { buildOptions, readBuilding } from '../storage/build-options.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { submitDocument } from '../submit-document.ts'
import { elementText, valueElement } from '../xml/element-text.ts'

const fileOption = need('file', 'file containing an XML pool description')

/** Options of kinds of pools that are on other machines, or on devices. */
const elsewhere: readonly OptionSpec[] = [
  ...[
    ['source-host', 'source-host for underlying storage'],
    ['source-path', 'source path for underlying storage'],
    ['source-dev', 'source device for underlying storage'],
    ['source-name', 'source name for underlying storage'],
  ].map(([name = '', help = '']) => later(text(name, help))),
  text('target', 'target for underlying storage'),
  ...[
    ['source-format', 'format for underlying storage'],
    ['auth-type', 'auth type to be used for underlying storage'],
    ['auth-username', 'auth username to be used for underlying storage'],
    ['secret-usage', 'auth secret usage to be used for underlying storage'],
    ['secret-uuid', 'auth secret UUID to be used for underlying storage'],
    ['adapter-name', 'adapter name to be used for underlying storage'],
    ['adapter-wwnn', 'adapter wwnn to be used for underlying storage'],
    ['adapter-wwpn', 'adapter wwpn to be used for underlying storage'],
    ['adapter-parent', 'adapter parent scsi_hostN to be used for underlying vHBA storage'],
    ['adapter-parent-wwnn', 'adapter parent wwnn to be used for underlying vHBA storage'],
    ['adapter-parent-wwpn', 'adapter parent wwpn to be used for underlying vHBA storage'],
    [
      'adapter-parent-fabric-wwn',
      'adapter parent fabric_wwn to be used for underlying vHBA storage',
    ],
    ['source-protocol-ver', 'nfsvers value for NFS pool mount option'],
    ['source-initiator', 'initiator iqn for underlying storage'],
  ].map(([name = '', help = '']) => later(text(name, help))),
]

const asOptions: readonly OptionSpec[] = [
  need('name', 'name of the pool'),
  need('type', 'type of the pool', ['dir']),
  flag('print-xml', "print XML document, but don't define/create"),
  ...elsewhere,
]

export const commands: readonly Command[] = [
  {
    name: 'pool-create-as',
    group: 'pool',
    summary: 'create a pool from a set of args',
    description: 'Create a pool.',
    options: [...asOptions, ...buildOptions],
    run: (context, options) => fromWords(context, options, 'create'),
  },
  {
    name: 'pool-create',
    group: 'pool',
    summary: 'create a pool from an XML file',
    description: 'Create a pool.',
    options: [fileOption, ...buildOptions],
    run: (context, options) => fromFile(context, options, 'create'),
  },
  {
    name: 'pool-define-as',
    group: 'pool',
    summary: 'define a pool from a set of args',
    description: 'Define a pool.',
    options: asOptions,
    run: (context, options) => fromWords(context, options, 'define'),
  },
  {
    name: 'pool-define',
    group: 'pool',
    summary:
      'define an inactive persistent storage pool or modify an existing persistent one from an XML file',
    description: 'Define or modify a persistent storage pool.',
    options: [fileOption, validateOption],
    run: (context, options) => fromFile(context, options, 'define'),
  },
  {
    name: 'pool-edit',
    group: 'pool',
    summary: 'edit XML configuration for a storage pool',
    description: 'Edit the XML configuration for a storage pool.',
    options: [poolOption],
    run: edit,
  },
]

type Making = 'create' | 'define'

async function fromFile(context: Context, options: Options, verb: Making): Promise<Answer> {
  const file = options.need('file')
  const { pool, warnings } = await submitDocument(context, file, {
    failure: `Failed to ${verb} pool from ${file}`,
    act: (hypervisor, xml) => make(hypervisor, options, { verb, xml }),
  })
  return {
    remark: `Pool ${printable(pool.name)} ${verb}d from ${printable(file)}\n`,
    json: { pool, warnings },
  }
}

async function fromWords(context: Context, options: Options, verb: Making): Promise<Answer> {
  const name = options.need('name')
  const target = options.text('target')
  const xml = elementText('pool', { type: options.need('type') }, [
    valueElement('name', name),
    ...(target === undefined ? [] : [elementText('target', {}, [valueElement('path', target)])]),
  ])
  if (options.flag('print-xml')) return documentAnswer(context, xml)
  const { pool, warnings } = await explainFailure(
    `Failed to ${verb} pool ${name}`,
    make(await context.hypervisor(), options, { verb, xml }),
  )
  warnAll(context, warnings)
  return { remark: `Pool ${printable(pool.name)} ${verb}d\n`, json: { pool, warnings } }
}

function make(
  hypervisor: Hypervisor,
  options: Options,
  { verb, xml }: { readonly verb: Making; readonly xml: string },
): ReturnType<Hypervisor['storagePoolDefineXml']> {
  if (verb === 'define') {
    return hypervisor.storagePoolDefineXml(xml, { validate: options.flag('validate') })
  }
  return hypervisor.storagePoolCreateXml(xml, readBuilding(options))
}

async function edit(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, pool } = await lookupPool(context, options)
  const { editDocument } = await import('../edit/edit-document.ts')
  return editDocument(context, {
    what: `Pool ${printable(pool.name)}`,
    read: () => hypervisor.storagePoolGetXmlDesc(pool.uuid, { inactive: true }),
    write: (xml) => hypervisor.storagePoolDefineXml(xml),
  })
}
