import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, loadXmlReader, printable } from '../core.ts'
import { validateOption, warnAll } from '../document-options.ts'
import { flag, need, text } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { longWork } from '../output/long-work.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { lookupPool, poolOption } from '../storage/lookup-pool.ts'
import { lookupVolume, ofPoolOption, volumeOption } from '../storage/lookup-volume.ts'
import { submitDocument } from '../submit-document.ts'
import { elementText, optionalElement, optionalValue, valueElement } from '../xml/element-text.ts'
import { normalizeText, rangeOf, splice } from '../xml/splice.ts'

const preallocate = flag(
  'prealloc-metadata',
  'preallocate metadata (for qcow2 instead of full allocation)',
)
const reflink = flag('reflink', 'use btrfs COW lightweight copy')

export const commands: readonly Command[] = [
  {
    name: 'vol-clone',
    group: 'volume',
    summary: 'clone a volume.',
    description: 'Clone an existing volume within the parent pool.',
    options: [
      volumeOption,
      need('newname', 'clone name'),
      ofPoolOption,
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
]

/** How a volume is made. */
function readMaking(options: Options): {
  readonly preallocateMetadata: boolean
  readonly reflink: boolean
} {
  return {
    preallocateMetadata: options.flag('prealloc-metadata'),
    reflink: options.flag('reflink'),
  }
}

async function create(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const { pool } = await lookupPool(context, options)
  const work = longWork(context, 'Create', false)
  const { volume, warnings } = await submitDocument(context, file, {
    failure: `Failed to create vol from ${file}`,
    act: (hypervisor, xml) =>
      work.during(
        hypervisor.storageVolCreateXml(pool.uuid, xml, {
          ...readMaking(options),
          validate: options.flag('validate'),
          ...work.options,
        }),
      ),
  })
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
  const work = longWork(context, 'Create', false)
  const { volume, warnings } = await work.during(
    explainFailure(
      `Failed to create vol ${name}`,
      hypervisor.storageVolCreateXml(pool.uuid, xml, { ...readMaking(options), ...work.options }),
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
  const { pool } = await lookupPool(context, options)
  const { reference, volume: original } = await lookupVolume(context, options, {
    poolOption: options.text('inputpool') === undefined ? 'pool' : 'inputpool',
  })
  const work = longWork(context, 'Create', false)
  const { volume, warnings } = await submitDocument(context, file, {
    failure: `Failed to create vol from ${original.name}`,
    act: (hypervisor, xml) =>
      work.during(
        hypervisor.storageVolCreateXmlFrom(pool.uuid, xml, {
          ...readMaking(options),
          validate: options.flag('validate'),
          ...work.options,
          original: reference,
        }),
      ),
  })
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
  const work = longWork(context, 'Clone', false)
  const made = await work.during(
    explainFailure(
      `Failed to clone vol from ${volume.name}`,
      hypervisor.storageVolCreateXmlFrom(volume.pool, xml, {
        ...readMaking(options),
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
