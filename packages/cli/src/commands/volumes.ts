import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, loadXmlReader, printable } from '../core.ts'
import type { VolumeRange, WipeAlgorithm } from '../core.ts'
import { validateOption, warnAll } from '../document-options.ts'
import { flag, int, later, need, text, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { longWork } from '../output/long-work.ts'
import { prettySize } from '../output/pretty-size.ts'
import { parseSize, scaledInteger } from '../parse/scaled-integer.ts'
import { readDocument } from '../read-document.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { lookupVolume, volumeOption } from '../storage/lookup-volume.ts'
import { readPieces } from '../storage/read-pieces.ts'
import { writePieces } from '../storage/write-pieces.ts'
import { elementText, optionalElement, optionalValue, valueElement } from '../xml/element-text.ts'
import { normalizeText, rangeOf, splice } from '../xml/splice.ts'

const ofPool = text('pool', 'pool name or uuid', 'pool')
const preallocate = flag(
  'prealloc-metadata',
  'preallocate metadata (for qcow2 instead of full allocation)',
)
const reflink = flag('reflink', 'use btrfs COW lightweight copy')
const algorithms = [
  'zero',
  'nnsa',
  'dod',
  'bsi',
  'gutmann',
  'schneier',
  'pfitzner7',
  'pfitzner33',
  'random',
  'trim',
] as const satisfies readonly WipeAlgorithm[]

export const commands: readonly Command[] = [
  {
    name: 'vol-clone',
    group: 'volume',
    summary: 'clone a volume.',
    description: 'Clone an existing volume within the parent pool.',
    options: [
      volumeOption,
      need('newname', 'clone name'),
      ofPool,
      preallocate,
      reflink,
      flag('print-xml', 'print XML document rather than clone the volume'),
    ],
    run: clone,
  },
  {
    name: 'vol-create-as',
    group: 'volume',
    summary: 'create a volume from a set of args',
    description: 'Create a vol.',
    options: [
      { ...poolOption, help: 'pool name' },
      need('name', 'name of the volume'),
      need('capacity', 'size of the vol, as scaled integer (default bytes)'),
      text('allocation', 'initial allocation size, as scaled integer (default bytes)'),
      text('format', 'file format type raw,bochs,qcow,qcow2,qed,vmdk', ['raw', 'qcow2']),
      text('backing-vol', 'the backing volume if taking a snapshot'),
      text('backing-vol-format', 'format of backing volume if taking a snapshot', ['raw', 'qcow2']),
      preallocate,
      flag('print-xml', "print XML document, but don't define/create"),
    ],
    run: createAs,
  },
  {
    name: 'vol-create',
    group: 'volume',
    summary: 'create a vol from an XML file',
    description: 'Create a vol.',
    options: [
      { ...poolOption, help: 'pool name' },
      need('file', 'file containing an XML vol description'),
      preallocate,
      validateOption,
    ],
    run: create,
  },
  {
    name: 'vol-create-from',
    group: 'volume',
    summary: 'create a vol, using another volume as input',
    description: 'Create a vol from an existing volume.',
    options: [
      poolOption,
      need('file', 'file containing an XML vol description'),
      volumeOption,
      text('inputpool', "pool name or uuid of the input volume's pool", 'pool'),
      preallocate,
      reflink,
      validateOption,
    ],
    run: createFrom,
  },
  {
    name: 'vol-delete',
    group: 'volume',
    summary: 'delete a vol',
    description: 'Delete a given vol.',
    options: [
      volumeOption,
      ofPool,
      later(
        flag(
          'delete-snapshots',
          'delete snapshots associated with volume (must be supported by storage driver)',
        ),
      ),
    ],
    run: remove,
  },
  {
    name: 'vol-download',
    group: 'volume',
    summary: 'download volume contents to a file',
    description: 'Download volume contents to a file',
    options: [
      volumeOption,
      need('file', 'file'),
      ofPool,
      int('offset', 'volume offset to download from'),
      int('length', 'amount of data to download'),
      later(flag('sparse', 'preserve sparseness of volume')),
    ],
    run: download,
  },
  {
    name: 'vol-dumpxml',
    group: 'volume',
    summary: 'vol information in XML',
    description: 'Output the vol information as an XML dump to stdout.',
    options: [volumeOption, ofPool, ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, reference } = await lookupVolume(context, options)
      return documentAnswer(context, await hypervisor.storageVolGetXmlDesc(reference))
    },
  },
  {
    name: 'vol-info',
    group: 'volume',
    summary: 'storage vol information',
    description: 'Returns basic information about the storage vol.',
    options: [
      volumeOption,
      ofPool,
      flag('bytes', 'sizes are represented in bytes rather than pretty units'),
      flag('physical', 'return the physical size of the volume in allocation field'),
    ],
    run: info,
  },
  {
    name: 'vol-key',
    group: 'volume',
    summary: 'returns the volume key for a given volume name or path',
    options: [{ ...volumeOption, help: 'volume name or path' }, ofPool],
    run: async (context, options) => {
      const { volume } = await lookupVolume(context, options)
      return { text: `${printable(volume.key)}\n`, json: volume.key }
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
      return { text: `${printable(volume.name)}\n`, json: volume.name }
    },
  },
  {
    name: 'vol-path',
    group: 'volume',
    summary: 'returns the volume path for a given volume name or key',
    options: [{ ...volumeOption, help: 'volume name or key' }, ofPool],
    run: async (context, options) => {
      const { volume } = await lookupVolume(context, options)
      return { text: `${printable(volume.path)}\n`, json: volume.path }
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
      if (!options.flag('uuid')) return { text: `${printable(volume.pool)}\n`, json: volume.pool }
      const { uuid } = await hypervisor.storagePoolLookup(volume.pool)
      return { text: `${uuid}\n`, json: uuid }
    },
  },
  {
    name: 'vol-resize',
    group: 'volume',
    summary: 'resize a vol',
    description:
      'Resizes a storage volume. This is safe only for storage volumes not in use by an active guest.\nSee blockresize for live resizing.',
    options: [
      volumeOption,
      need('capacity', 'new capacity for the vol, as scaled integer (default bytes)'),
      ofPool,
      flag('allocate', 'allocate the new capacity, rather than leaving it sparse'),
      flag('delta', 'use capacity as a delta to current size, rather than the new size'),
      flag('shrink', 'allow the resize to shrink the volume'),
    ],
    run: resize,
  },
  {
    name: 'vol-upload',
    group: 'volume',
    summary: 'upload file contents to a volume',
    description: 'Upload file contents to a volume',
    options: [
      volumeOption,
      need('file', 'file'),
      ofPool,
      int('offset', 'volume offset to upload to'),
      int('length', 'amount of data to upload'),
      later(flag('sparse', 'preserve sparseness of volume')),
    ],
    run: upload,
  },
  {
    name: 'vol-wipe',
    group: 'volume',
    summary: 'wipe a vol',
    description: 'Ensure data previously on a volume is not accessible to future reads',
    options: [
      volumeOption,
      ofPool,
      text('algorithm', 'perform selected wiping algorithm', algorithms),
    ],
    run: wipe,
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

/** What makes a volume, shown as it goes on. */
function making(
  context: Context,
  options: Options,
  label: string,
): {
  readonly how: { readonly preallocateMetadata: boolean; readonly reflink: boolean }
  readonly work: ReturnType<typeof longWork>
} {
  return {
    how: {
      preallocateMetadata: options.flag('prealloc-metadata'),
      reflink: options.flag('reflink'),
    },
    work: longWork(context, label, false),
  }
}

async function create(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const { hypervisor, pool } = await lookupPool(context, options)
  const xml = await readDocument(file)
  const { how, work } = making(context, options, 'Create')
  const { volume, warnings } = await work.during(
    explainFailure(
      `Failed to create vol from ${file}`,
      hypervisor.storageVolCreateXml(pool.uuid, xml, {
        ...how,
        validate: options.flag('validate'),
        ...work.options,
      }),
      { file },
    ),
  )
  warnAll(context, warnings, file)
  const name = printable(volume.name)
  return { remark: `Vol ${name} created from ${printable(file)}\n`, json: { volume, warnings } }
}

async function createAs(context: Context, options: Options): Promise<Answer> {
  const name = options.need('name')
  const capacity = scaledInteger(options, 'capacity', 1) ?? 0
  const allocation = scaledInteger(options, 'allocation', 1)
  const format = options.text('format')
  const backing = options.text('backing-vol')
  const { hypervisor, pool } = await lookupPool(context, options)
  const below =
    backing === undefined
      ? []
      : await backingStore(context, options, { volume: backing, pool: pool.name })
  const xml = elementText('volume', {}, [
    valueElement('name', name),
    valueElement('capacity', capacity),
    ...optionalValue('allocation', allocation),
    ...(format === undefined
      ? []
      : [elementText('target', {}, [elementText('format', { type: format })])]),
    ...below,
  ])
  if (options.flag('print-xml')) return documentAnswer(context, xml)
  const { how, work } = making(context, options, 'Create')
  const { volume, warnings } = await work.during(
    explainFailure(
      `Failed to create vol ${name}`,
      hypervisor.storageVolCreateXml(pool.uuid, xml, { ...how, ...work.options }),
    ),
  )
  warnAll(context, warnings)
  return { remark: `Vol ${printable(name)} created\n`, json: { volume, warnings } }
}

/** The image below: a volume's name in the pool, a key or a path. */
async function backingStore(
  context: Context,
  options: Options,
  { volume, pool }: { readonly volume: string; readonly pool: string },
): Promise<readonly string[]> {
  const hypervisor = await context.hypervisor()
  const found = await hypervisor
    .storageVolLookup({ pool, name: volume })
    .catch(() => hypervisor.storageVolLookup({ path: volume }))
    .catch((cause: unknown) => {
      throw new CommandError(`failed to get vol '${volume}'`, { cause })
    })
  const format = options.text('backing-vol-format') ?? found.format
  return [
    elementText('backingStore', {}, [
      valueElement('path', found.path),
      ...optionalElement('format', { type: format }),
    ]),
  ]
}

async function createFrom(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const { hypervisor, pool } = await lookupPool(context, options)
  const { reference, volume: original } = await lookupVolume(context, options, {
    poolOption: options.text('inputpool') === undefined ? 'pool' : 'inputpool',
  })
  const xml = await readDocument(file)
  const { how, work } = making(context, options, 'Create')
  const { volume, warnings } = await work.during(
    explainFailure(
      `Failed to create vol from ${original.name}`,
      hypervisor.storageVolCreateXmlFrom(pool.uuid, xml, {
        ...how,
        validate: options.flag('validate'),
        ...work.options,
        original: reference,
      }),
      { file },
    ),
  )
  warnAll(context, warnings, file)
  return {
    remark: `Vol ${printable(volume.name)} created from input vol ${printable(original.name)}\n`,
    json: { volume, warnings },
  }
}

async function clone(context: Context, options: Options): Promise<Answer> {
  const name = options.need('newname')
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  const xml = await renamed(await hypervisor.storageVolGetXmlDesc(reference), name)
  if (options.flag('print-xml')) return documentAnswer(context, xml)
  const { how, work } = making(context, options, 'Clone')
  const made = await work.during(
    explainFailure(
      `Failed to clone vol from ${volume.name}`,
      hypervisor.storageVolCreateXmlFrom(volume.pool, xml, {
        ...how,
        ...work.options,
        original: reference,
      }),
    ),
  )
  return {
    remark: `Vol ${printable(name)} cloned from ${printable(volume.name)}\n`,
    json: made,
  }
}

/** The document of a volume under another name; what only the original has goes. */
async function renamed(xml: string, name: string): Promise<string> {
  const readXml = await loadXmlReader()
  const document = normalizeText(xml)
  const root = readXml(document)
  const gone = [elementAt(root, 'key'), elementAt(root, 'target', 'path')]
  const before = elementAt(root, 'name')
  return splice(document, [
    ...(before === undefined
      ? []
      : [{ ...rangeOf(document, before), text: valueElement('name', name) }]),
    ...gone.flatMap((element) =>
      element === undefined ? [] : [{ ...rangeOf(document, element), text: '' }],
    ),
  ])
}

async function remove(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  await explainFailure(
    `Failed to delete vol ${options.need('vol')}`,
    hypervisor.storageVolDelete(reference),
  )
  return { remark: `Vol ${printable(options.need('vol'))} deleted\n`, json: volume }
}

async function resize(context: Context, options: Options): Promise<Answer> {
  const given = options.need('capacity')
  // virsh: a size below nothing is what to take away.
  const less = given.startsWith('-')
  const bytes = parseSize(less ? given.slice(1) : given, 1)
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw invalidArgument(
      `Scaled numeric value '${given}' for <capacity> option is malformed or out of range`,
    )
  }
  const shrink = options.flag('shrink')
  if (less && !shrink) {
    throw invalidArgument("Can't resize to a smaller size without --shrink")
  }
  const delta = options.flag('delta') || less
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  const name = printable(volume.name)
  await explainFailure(
    `Failed to change size of volume '${volume.name}' ${delta ? 'by' : 'to'} ${given}`,
    hypervisor.storageVolResize(reference, bytes, {
      allocate: options.flag('allocate'),
      delta,
      shrink,
    }),
  )
  return {
    remark: `Size of volume '${name}' successfully changed ${delta ? 'by' : 'to'} ${printable(given)}\n`,
    json: await hypervisor.storageVolLookup(reference),
  }
}

async function wipe(context: Context, options: Options): Promise<Answer> {
  const word = options.text('algorithm')
  const algorithm = algorithms.find((each) => each === word)
  if (word !== undefined && algorithm === undefined) {
    throw invalidArgument(`Unsupported algorithm '${word}'`)
  }
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  const work = longWork(context, 'Wipe', false)
  await work.during(
    explainFailure(
      `Failed to wipe vol ${volume.name}`,
      hypervisor.storageVolWipe(reference, { ...(algorithm && { algorithm }), ...work.options }),
    ),
  )
  return { remark: `Vol ${printable(options.need('vol'))} wiped\n`, json: volume }
}

function rangeGiven(options: Options, work: ReturnType<typeof longWork>): VolumeRange {
  const offset = scaledInteger(options, 'offset', 1)
  const length = scaledInteger(options, 'length', 1)
  return {
    ...(offset !== undefined && { offset }),
    ...(length !== undefined && { length }),
    ...work.options,
  }
}

async function upload(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const work = longWork(context, 'Upload', false)
  const range = rangeGiven(options, work)
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  await work.during(
    explainFailure(
      `cannot upload to volume ${volume.name}`,
      hypervisor.storageVolUpload(reference, readPieces(file), range),
    ),
  )
  return { json: { volume: volume.name, file } }
}

async function download(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const work = longWork(context, 'Download', false)
  const range = rangeGiven(options, work)
  const { hypervisor, volume, reference } = await lookupVolume(context, options)
  await work.during(
    explainFailure(
      `cannot download from volume ${volume.name}`,
      writePieces(file, hypervisor.storageVolDownload(reference, range)),
    ),
  )
  return { json: { volume: volume.name, file } }
}
