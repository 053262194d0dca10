import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { StoragePoolSummary } from '../core.ts'
import { flag, text, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { lineAnswer } from '../output/line-answer.ts'
import { partAnswer } from '../output/part-answer.ts'
import { prettySize } from '../output/pretty-size.ts'
import { storedFilter } from '../parse/stored-filter.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'

export const commands: readonly Command[] = [
  {
    name: 'pool-capabilities',
    group: 'pool',
    summary: 'storage pool capabilities',
    description: 'Returns capabilities of storage pool support.',
    options: [],
    run: async (context) => {
      const hypervisor = await context.hypervisor()
      const xml = await explainFailure(
        'failed to get storage pool capabilities',
        hypervisor.connectGetStoragePoolCapabilities(),
      )
      return documentAnswer(context, xml)
    },
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
      return partAnswer(context, options, xml)
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
      return lineAnswer(pool.name)
    },
  },
  {
    name: 'pool-uuid',
    group: 'pool',
    summary: 'convert a pool name to pool UUID',
    options: [poolOption],
    run: async (context, options) => {
      const { pool } = await lookupPool(context, options)
      return lineAnswer(pool.uuid)
    },
  },
]

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
