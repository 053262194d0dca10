import { changeTarget } from '../change-target.ts'
import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { Iotune } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { int, need, targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'

export const commands: readonly Command[] = [
  {
    name: 'blkdeviotune',
    group: 'domain',
    summary: 'Set or query a block device I/O tuning parameters.',
    description: 'Set or query disk I/O parameters such as block throttling.',
    options: [
      domainOption,
      need('device', 'block device'),
      int('total-bytes-sec', 'total throughput limit, as scaled integer (default bytes)'),
      int('read-bytes-sec', 'read throughput limit, as scaled integer (default bytes)'),
      int('write-bytes-sec', 'write throughput limit, as scaled integer (default bytes)'),
      int('total-iops-sec', 'total I/O operations limit per second'),
      int('read-iops-sec', 'read I/O operations limit per second'),
      int('write-iops-sec', 'write I/O operations limit per second'),
      int('total-bytes-sec-max', 'total max, as scaled integer (default bytes)'),
      int('read-bytes-sec-max', 'read max, as scaled integer (default bytes)'),
      int('write-bytes-sec-max', 'write max, as scaled integer (default bytes)'),
      int('total-iops-sec-max', 'total I/O operations max'),
      int('read-iops-sec-max', 'read I/O operations max'),
      int('write-iops-sec-max', 'write I/O operations max'),
      int('size-iops-sec', 'I/O size in bytes'),
      text('group-name', 'group name to share I/O quota between multiple drives'),
      int('total-bytes-sec-max-length', 'duration in seconds to allow total max bytes'),
      int('read-bytes-sec-max-length', 'duration in seconds to allow read max bytes'),
      int('write-bytes-sec-max-length', 'duration in seconds to allow write max bytes'),
      int('total-iops-sec-max-length', 'duration in seconds to allow total I/O operations max'),
      int('read-iops-sec-max-length', 'duration in seconds to allow read I/O operations max'),
      int('write-iops-sec-max-length', 'duration in seconds to allow write I/O operations max'),
      ...targetOptions,
    ],
    run: blkdeviotune,
  },
]

/** The limits, in virsh's order; those of bytes take a size with its unit. */
const limits = [
  ['total-bytes-sec', 'totalBytesSec'],
  ['read-bytes-sec', 'readBytesSec'],
  ['write-bytes-sec', 'writeBytesSec'],
  ['total-iops-sec', 'totalIopsSec'],
  ['read-iops-sec', 'readIopsSec'],
  ['write-iops-sec', 'writeIopsSec'],
  ['total-bytes-sec-max', 'totalBytesSecMax'],
  ['read-bytes-sec-max', 'readBytesSecMax'],
  ['write-bytes-sec-max', 'writeBytesSecMax'],
  ['total-iops-sec-max', 'totalIopsSecMax'],
  ['read-iops-sec-max', 'readIopsSecMax'],
  ['write-iops-sec-max', 'writeIopsSecMax'],
  ['size-iops-sec', 'sizeIopsSec'],
  ['group-name', 'groupName'],
  ['total-bytes-sec-max-length', 'totalBytesSecMaxLength'],
  ['read-bytes-sec-max-length', 'readBytesSecMaxLength'],
  ['write-bytes-sec-max-length', 'writeBytesSecMaxLength'],
  ['total-iops-sec-max-length', 'totalIopsSecMaxLength'],
  ['read-iops-sec-max-length', 'readIopsSecMaxLength'],
  ['write-iops-sec-max-length', 'writeIopsSecMaxLength'],
] as const satisfies readonly (readonly [string, keyof Iotune])[]

async function blkdeviotune(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const disk = options.need('device')
  const given: Iotune = Object.fromEntries(
    limits.flatMap(([option, key]) => {
      const value = key === 'groupName' ? options.text(option) : scaledInteger(options, option, 1)
      return value === undefined ? [] : [[key, value]]
    }),
  )
  const { hypervisor, reference } = await lookupDomain(context, options)
  if (Object.keys(given).length > 0) {
    await explainFailure(
      'Unable to change block I/O throttle',
      hypervisor.domainSetBlockIoTune(reference, disk, given, target),
    )
    return { json: given }
  }
  const tune = await explainFailure(
    'Unable to get block I/O throttle parameters',
    hypervisor.domainGetBlockIoTune(reference, disk, target),
  )
  const lines = limits.map(([option, key]) => {
    const value = tune[key] ?? (key === 'groupName' ? '' : 0)
    return formatParameter(option.replaceAll('-', '_'), value)
  })
  return { text: lines.join(''), json: tune }
}
