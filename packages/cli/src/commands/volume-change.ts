import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable, wipeAlgorithms } from '../core.ts'
import { flag, later, need, text } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import { parseSize } from '../parse/scaled-integer.ts'
import { lookupVolume, ofPoolOption, volumeOption } from '../storage/lookup-volume.ts'

export const commands: readonly Command[] = [
  {
    name: 'vol-delete',
    group: 'volume',
    summary: 'delete a vol',
    description: 'Delete a given vol.',
    options: [
      volumeOption,
      ofPoolOption,
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
    name: 'vol-resize',
    group: 'volume',
    summary: 'resize a vol',
    description:
      'Resizes a storage volume. This is safe only for storage volumes not in use by an active guest.\nSee blockresize for live resizing.',
    options: [
      volumeOption,
      need('capacity', 'new capacity for the vol, as scaled integer (default bytes)'),
      ofPoolOption,
      flag('allocate', 'allocate the new capacity, rather than leaving it sparse'),
      flag('delta', 'use capacity as a delta to current size, rather than the new size'),
      flag('shrink', 'allow the resize to shrink the volume'),
    ],
    run: resize,
  },
  {
    name: 'vol-wipe',
    group: 'volume',
    summary: 'wipe a vol',
    description: 'Ensure data previously on a volume is not accessible to future reads',
    options: [
      volumeOption,
      ofPoolOption,
      text('algorithm', 'perform selected wiping algorithm', wipeAlgorithms),
    ],
    run: wipe,
  },
]

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
  const algorithm = wipeAlgorithms.find((each) => each === word)
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
