import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { Iotune } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, need, targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'

export const commands: readonly Command[] = [
  {
    name: 'setmem',
    group: 'domain',
    summary: 'change memory allocation',
    description: 'Change the current memory allocation in the guest domain.',
    options: [
      domainOption,
      need('size', 'new memory size, as scaled integer (default KiB)'),
      ...targetOptions,
    ],
    run: setmem,
  },
  {
    name: 'setmaxmem',
    group: 'domain',
    summary: 'change maximum memory limit',
    description: 'Change the maximum memory allocation limit in the guest domain.',
    options: [
      domainOption,
      need('size', 'new maximum memory size, as scaled integer (default KiB)'),
      ...targetOptions,
    ],
    run: setmaxmem,
  },
  {
    name: 'domif-setlink',
    group: 'domain',
    summary: 'set link state of a virtual interface',
    description:
      "Set link state of a domain's virtual interface. This command wraps usage of update-device command.",
    options: [
      domainOption,
      need('interface', 'interface device (MAC Address)'),
      need('state', 'new state of the device'),
      flag('config', 'affect next boot'),
      later(flag('print-xml', 'print XML document rather than set the interface link state')),
    ],
    run: setLink,
  },
  {
    name: 'domif-getlink',
    group: 'monitor',
    summary: 'get link state of a virtual interface',
    description: "Get link state of a domain's virtual interface.",
    options: [
      domainOption,
      need('interface', 'interface device (MAC Address)'),
      flag('config', 'Get persistent interface state'),
    ],
    run: getLink,
  },
  {
    name: 'iothreadadd',
    group: 'domain',
    summary: 'add an IOThread to the guest domain',
    description: 'Add an IOThread to the guest domain.',
    options: [domainOption, need('id', 'iothread for the new IOThread'), ...targetOptions],
    run: (context, options) => iothread(context, options, 'domainAddIothread'),
  },
  {
    name: 'iothreaddel',
    group: 'domain',
    summary: 'delete an IOThread from the guest domain',
    description: 'Delete an IOThread from the guest domain.',
    options: [domainOption, need('id', 'iothread_id for the IOThread to delete'), ...targetOptions],
    run: (context, options) => iothread(context, options, 'domainDelIothread'),
  },
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

/** libvirt gives memory in KiB. */
function memoryOf(options: Options): number {
  const bytes = scaledInteger(options, 'size', 1024) ?? 0
  return Math.ceil(bytes / 1024)
}

async function setmem(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const memoryKiB = memoryOf(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetMemory(reference, memoryKiB, target)
  return { json: { memoryKiB } }
}

async function setmaxmem(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const maxMemoryKiB = memoryOf(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Unable to change MaxMemorySize',
    hypervisor.domainSetMaxMemory(reference, maxMemoryKiB, target),
  )
  return { json: { maxMemoryKiB } }
}

async function setLink(context: Context, options: Options): Promise<Answer> {
  const card = options.need('interface')
  const state = options.need('state')
  if (state !== 'up' && state !== 'down') {
    throw invalidArgument(`invalid link state '${state}'`)
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Failed to update interface link state',
    hypervisor.domainSetLinkState(reference, card, state === 'up', changeTarget(options)),
  )
  return { remark: 'Device updated successfully\n', json: { interface: card, state } }
}

async function getLink(context: Context, options: Options): Promise<Answer> {
  const card = options.need('interface')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const state = await hypervisor.domainGetLinkState(reference, card, changeTarget(options))
  return { text: `${printable(card)} ${state}\n`, json: { interface: card, state } }
}

async function iothread(
  context: Context,
  options: Options,
  verb: 'domainAddIothread' | 'domainDelIothread',
): Promise<Answer> {
  const target = changeTarget(options)
  const id = options.integer('id', 0)
  if (id === undefined || id === 0) {
    throw invalidArgument(`Invalid IOThread id value: '${id ?? 0}'`)
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor[verb](reference, id, target)
  return { json: { iothread: id } }
}

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
