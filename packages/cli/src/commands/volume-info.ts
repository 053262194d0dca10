import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { flag, xpathOptions } from '../option-specs.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { lineAnswer } from '../output/line-answer.ts'
import { partAnswer } from '../output/part-answer.ts'
import { prettySize } from '../output/pretty-size.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { lookupVolume, ofPoolOption, volumeOption } from '../storage/lookup-volume.ts'

export const commands: readonly Command[] = [
  {
    name: 'vol-dumpxml',
    group: 'volume',
    summary: 'vol information in XML',
    description: 'Output the vol information as an XML dump to stdout.',
    options: [volumeOption, ofPoolOption, ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, reference } = await lookupVolume(context, options)
      return partAnswer(context, options, await hypervisor.storageVolGetXmlDesc(reference))
    },
  },
  {
    name: 'vol-info',
    group: 'volume',
    summary: 'storage vol information',
    description: 'Returns basic information about the storage vol.',
    options: [
      volumeOption,
      ofPoolOption,
      flag('bytes', 'sizes are represented in bytes rather than pretty units'),
      flag('physical', 'return the physical size of the volume in allocation field'),
    ],
    run: info,
  },
  {
    name: 'vol-key',
    group: 'volume',
    summary: 'returns the volume key for a given volume name or path',
    options: [{ ...volumeOption, help: 'volume name or path' }, ofPoolOption],
    run: async (context, options) => {
      const { volume } = await lookupVolume(context, options)
      return lineAnswer(volume.key)
    },
  },
  {
    name: 'vol-list',
    group: 'volume',
    summary: 'list vols',
    description: 'Returns list of vols by pool.',
    options: [poolOption, flag('details', 'display extended details for volumes')],
    run: list,
  },
  {
    name: 'vol-name',
    group: 'volume',
    summary: 'returns the volume name for a given volume key or path',
    options: [{ ...volumeOption, help: 'volume key or path' }],
    run: async (context, options) => {
      const { volume } = await lookupVolume(context, options)
      return lineAnswer(volume.name)
    },
  },
  {
    name: 'vol-path',
    group: 'volume',
    summary: 'returns the volume path for a given volume name or key',
    options: [{ ...volumeOption, help: 'volume name or key' }, ofPoolOption],
    run: async (context, options) => {
      const { volume } = await lookupVolume(context, options)
      return lineAnswer(volume.path)
    },
  },
  {
    name: 'vol-pool',
    group: 'volume',
    summary: 'returns the storage pool for a given volume key or path',
    options: [
      { ...volumeOption, help: 'volume key or path' },
      flag('uuid', 'return the pool uuid rather than pool name'),
    ],
    run: async (context, options) => {
      const { hypervisor, volume } = await lookupVolume(context, options)
      if (!options.flag('uuid')) return lineAnswer(volume.pool)
      const { uuid } = await hypervisor.storagePoolLookup(volume.pool)
      return lineAnswer(uuid)
    },
  },
]

async function list(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, pool } = await lookupPool(context, options)
  const volumes = await explainFailure(
    'Failed to list volumes',
    hypervisor.storageVolListAll(pool.uuid),
  )
  const details = options.flag('details')
  const rows = volumes.map((volume) => [
    volume.name,
    volume.path,
    ...(details
      ? [volume.type, prettySize(volume.capacityBytes), prettySize(volume.allocationBytes)]
      : []),
  ])
  const head = ['Name', 'Path', ...(details ? ['Type', 'Capacity', 'Allocation'] : [])]
  return { text: formatTable(head, rows, { quiet: context.settings.quiet }), json: volumes }
}

async function info(context: Context, options: Options): Promise<Answer> {
  const { volume } = await lookupVolume(context, options)
  const size = (bytes: number): string =>
    options.flag('bytes') ? `${bytes} bytes` : prettySize(bytes)
  const physical = options.flag('physical')
  const taken = physical ? volume.physicalBytes : undefined
  const rows = [
    ['Name:', volume.name],
    ['Type:', volume.type],
    ['Capacity:', size(volume.capacityBytes)],
    [physical ? 'Physical:' : 'Allocation:', size(taken ?? volume.allocationBytes)],
  ] as const
  return { text: formatRows(rows), json: volume }
}
