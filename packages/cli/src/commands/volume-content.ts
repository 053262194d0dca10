import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { VolumeRange } from '../core.ts'
import { flag, int, later, need } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import type { LongWork } from '../output/long-work.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { lookupVolume, ofPoolOption, volumeOption } from '../storage/lookup-volume.ts'
import { readPieces } from '../storage/read-pieces.ts'
import { writePieces } from '../storage/write-pieces.ts'

export const commands: readonly Command[] = [
  {
    name: 'vol-download',
    group: 'volume',
    summary: 'download volume contents to a file',
    description: 'Download volume contents to a file',
    options: [
      volumeOption,
      need('file', 'file'),
      ofPoolOption,
      int('offset', 'volume offset to download from'),
      int('length', 'amount of data to download'),
      later(flag('sparse', 'preserve sparseness of volume')),
    ],
    run: download,
  },
  {
    name: 'vol-upload',
    group: 'volume',
    summary: 'upload file contents to a volume',
    description: 'Upload file contents to a volume',
    options: [
      volumeOption,
      need('file', 'file'),
      ofPoolOption,
      int('offset', 'volume offset to upload to'),
      int('length', 'amount of data to upload'),
      later(flag('sparse', 'preserve sparseness of volume')),
    ],
    run: upload,
  },
]

function rangeGiven(options: Options, work: LongWork): VolumeRange {
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
      hypervisor.storageVolUpload(reference, readPieces(file, volume.path), range),
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
      writePieces(file, hypervisor.storageVolDownload(reference, range), volume.path),
    ),
  )
  return { json: { volume: volume.name, file } }
}
