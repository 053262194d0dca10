import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor, StoragePoolSummary } from '../core.ts'
import { validateOption, warnAll } from '../document-options.ts'
import { editDocument } from '../edit/edit-document.ts'
import { flag, later, need, text, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { prettySize } from '../output/pretty-size.ts'
import { exclude } from '../parse/option-pairs.ts'
import { storedFilter } from '../parse/stored-filter.ts'
import { readDocument } from '../read-document.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { elementText, valueElement } from '../xml/element-text.ts'

const fileOption = need('file', 'file containing an XML pool description')
const overwriting: readonly OptionSpec[] = [
  flag('no-overwrite', 'do not overwrite any existing data'),
  flag('overwrite', 'overwrite any existing data'),
]
const building: readonly OptionSpec[] = [flag('build', 'build the pool as normal'), ...overwriting]

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
    name: 'pool-autostart',
    group: 'pool',
    summary: 'autostart a pool',
    description: 'Configure a pool to be automatically started at boot.',
    options: [poolOption, flag('disable', 'disable autostarting')],
    run: (context, options) => {
      const wanted = !options.flag('disable')
      return change(context, options, {
        verb: wanted ? 'mark' : 'unmark',
        done: `${wanted ? 'marked' : 'unmarked'} as autostarted`,
        act: (hypervisor, uuid) => hypervisor.storagePoolSetAutostart(uuid, wanted),
      })
    },
  },
  {
    name: 'pool-build',
    group: 'pool',
    summary: 'build a pool',
    description: 'Build a given pool.',
    options: [poolOption, ...overwriting],
    run: (context, options) => {
      const how = overwriteOf(options)
      return change(context, options, {
        verb: 'build',
        done: 'built',
        act: (hypervisor, uuid) => hypervisor.storagePoolBuild(uuid, how),
      })
    },
  },
  {
    name: 'pool-create-as',
    group: 'pool',
    summary: 'create a pool from a set of args',
    description: 'Create a pool.',
    options: [...asOptions, ...building],
    run: (context, options) => fromWords(context, options, 'create'),
  },
  {
    name: 'pool-create',
    group: 'pool',
    summary: 'create a pool from an XML file',
    description: 'Create a pool.',
    options: [fileOption, ...building],
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
    name: 'pool-delete',
    group: 'pool',
    summary: 'delete a pool',
    description: 'Delete a given pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'delete',
        done: 'deleted',
        act: (hypervisor, uuid) => hypervisor.storagePoolDelete(uuid),
      }),
  },
  {
    name: 'pool-destroy',
    group: 'pool',
    summary: 'destroy (stop) a pool',
    description: 'Forcefully stop a given pool. Raw data in the pool is untouched',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'destroy',
        done: 'destroyed',
        act: (hypervisor, uuid) => hypervisor.storagePoolDestroy(uuid),
      }),
  },
  {
    name: 'pool-dumpxml',
    group: 'pool',
    summary: 'pool information in XML',
    description: 'Output the pool information as an XML dump to stdout.',
    options: [poolOption, flag('inactive', 'show inactive defined XML'), ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, pool } = await lookupPool(context, options)
      const inactive = options.flag('inactive')
      const xml = await hypervisor.storagePoolGetXmlDesc(pool.uuid, { inactive })
      return documentAnswer(context, xml)
    },
  },
  {
    name: 'pool-edit',
    group: 'pool',
    summary: 'edit XML configuration for a storage pool',
    description: 'Edit the XML configuration for a storage pool.',
    options: [poolOption],
    run: async (context, options) => {
      const { hypervisor, pool } = await lookupPool(context, options)
      return editDocument(context, {
        what: `Pool ${printable(pool.name)}`,
        read: () => hypervisor.storagePoolGetXmlDesc(pool.uuid, { inactive: true }),
        write: (xml) => hypervisor.storagePoolDefineXml(xml),
      })
    },
  },
  {
    name: 'pool-info',
    group: 'pool',
    summary: 'storage pool information',
    description: 'Returns basic information about the storage pool.',
    options: [poolOption, flag('bytes', 'Return pool info in bytes')],
    run: info,
  },
  {
    name: 'pool-list',
    group: 'pool',
    summary: 'list pools',
    description: 'Returns list of pools.',
    options: [
      flag('inactive', 'list inactive pools'),
      flag('all', 'list inactive & active pools'),
      flag('transient', 'list transient pools'),
      flag('persistent', 'list persistent pools'),
      flag('autostart', 'list pools with autostart enabled'),
      flag('no-autostart', 'list pools with autostart disabled'),
      text('type', 'only list pool of specified type(s) (if supported)', ['dir']),
      flag('details', 'display extended details for pools'),
      flag('uuid', 'list UUID of active pools only'),
      flag('name', 'list name of active pools only'),
    ],
    run: list,
  },
  {
    name: 'pool-name',
    group: 'pool',
    summary: 'convert a pool UUID to pool name',
    options: [poolOption],
    run: async (context, options) => {
      const { pool } = await lookupPool(context, options)
      return { text: `${printable(pool.name)}\n`, json: pool.name }
    },
  },
  {
    name: 'pool-refresh',
    group: 'pool',
    summary: 'refresh a pool',
    description: 'Refresh a given pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'refresh',
        done: 'refreshed',
        act: (hypervisor, uuid) => hypervisor.storagePoolRefresh(uuid),
      }),
  },
  {
    name: 'pool-start',
    group: 'pool',
    summary: 'start a (previously defined) inactive pool',
    description: 'Start a pool.',
    options: [poolOption, ...building],
    run: (context, options) => {
      const how = { ...overwriteOf(options), build: options.flag('build') }
      return change(context, options, {
        verb: 'start',
        done: 'started',
        act: (hypervisor, uuid) => hypervisor.storagePoolCreate(uuid, how),
      })
    },
  },
  {
    name: 'pool-undefine',
    group: 'pool',
    summary: 'undefine an inactive pool',
    description: 'Undefine the configuration for an inactive pool.',
    options: [poolOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'undefine',
        done: 'has been undefined',
        act: (hypervisor, uuid) => hypervisor.storagePoolUndefine(uuid),
      }),
  },
  {
    name: 'pool-uuid',
    group: 'pool',
    summary: 'convert a pool name to pool UUID',
    options: [poolOption],
    run: async (context, options) => {
      const { pool } = await lookupPool(context, options)
      return { text: `${pool.uuid}\n`, json: pool.uuid }
    },
  },
]

function overwriteOf(options: Options): {
  readonly overwrite: boolean
  readonly noOverwrite: boolean
} {
  const overwrite = options.flag('overwrite')
  const noOverwrite = options.flag('no-overwrite')
  exclude(options, 'overwrite', 'no-overwrite')
  return { overwrite, noOverwrite }
}

interface Verb {
  readonly verb: string
  readonly done: string
  readonly act: (hypervisor: Hypervisor, uuid: string) => Promise<unknown>
}

async function change(context: Context, options: Options, how: Verb): Promise<Answer> {
  const { hypervisor, pool } = await lookupPool(context, options)
  await explainFailure(`Failed to ${how.verb} pool ${pool.name}`, how.act(hypervisor, pool.uuid))
  return {
    remark: `Pool ${printable(pool.name)} ${how.done}\n`,
    json: { name: pool.name, uuid: pool.uuid },
  }
}

type Making = 'create' | 'define'

async function fromFile(context: Context, options: Options, verb: Making): Promise<Answer> {
  const file = options.need('file')
  const xml = await readDocument(file)
  const { pool, warnings } = await explainFailure(
    `Failed to ${verb} pool from ${file}`,
    make(await context.hypervisor(), options, { verb, xml }),
    { file },
  )
  warnAll(context, warnings, file)
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
  const how = { ...overwriteOf(options), build: options.flag('build') }
  return hypervisor.storagePoolCreateXml(xml, how)
}

async function info(context: Context, options: Options): Promise<Answer> {
  const { pool } = await lookupPool(context, options)
  const size = (bytes: number): string =>
    options.flag('bytes') ? String(bytes) : prettySize(bytes)
  const rows = [
    ['Name:', pool.name],
    ['UUID:', pool.uuid],
    ['State:', pool.state],
    ['Persistent:', pool.persistent ? 'yes' : 'no'],
    ['Autostart:', pool.autostart ? 'yes' : 'no'],
    ...(pool.active
      ? ([
          ['Capacity:', size(pool.capacityBytes)],
          ['Allocation:', size(pool.allocationBytes)],
          ['Available:', size(pool.availableBytes)],
        ] as const)
      : []),
  ] as const
  return { text: formatRows(rows), json: pool }
}

async function list(context: Context, options: Options): Promise<Answer> {
  const types = options.text('type')?.split(',')
  const hypervisor = await context.hypervisor()
  const pools = await explainFailure(
    'Failed to list pools',
    hypervisor.storagePoolListAll({ ...storedFilter(options), ...(types && { types }) }),
  )
  const columns = (['uuid', 'name'] as const).filter((name) => options.flag(name))
  if (columns.length > 0) {
    const line = (pool: StoragePoolSummary): string =>
      columns
        .map((name) => (name === 'name' ? pool.name.padEnd(20) : pool.uuid.padEnd(36)))
        .join(' ')
    return { text: pools.map((pool) => `${printable(line(pool))}\n`).join(''), json: pools }
  }
  const { quiet } = context.settings
  if (!options.flag('details')) {
    const rows = pools.map(({ name, active, autostart }) => [
      name,
      active ? 'active' : 'inactive',
      autostart ? 'yes' : 'no',
    ])
    return { text: formatTable(['Name', 'State', 'Autostart'], rows, { quiet }), json: pools }
  }
  const rows = pools.map((pool) => [
    pool.name,
    pool.state,
    pool.autostart ? 'yes' : 'no',
    pool.persistent ? 'yes' : 'no',
    ...[pool.capacityBytes, pool.allocationBytes, pool.availableBytes].map((bytes) =>
      pool.active ? prettySize(bytes) : '-',
    ),
  ])
  const head = ['Name', 'State', 'Autostart', 'Persistent', 'Capacity', 'Allocation', 'Available']
  return { text: formatTable(head, rows, { quiet }), json: pools }
}
