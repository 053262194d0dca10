import { changeTarget } from '../change-target.ts'
import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { childrenNamed, elementAt, loadXmlReader } from '../core.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { int, need, targetOptions } from '../option-specs.ts'
import { formatCpuset } from '../output/format-cpuset.ts'
import { formatTable } from '../output/format-table.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { hostCpus } from '../tuning/host-cpus.ts'

export const commands: readonly Command[] = [
  {
    name: 'iothreadinfo',
    group: 'domain',
    summary: 'view domain IOThreads',
    description: 'Returns basic information about the domain IOThreads.',
    options: [domainOption, ...targetOptions],
    run: iothreadinfo,
  },
  {
    name: 'iothreadpin',
    group: 'domain',
    summary: 'control domain IOThread affinity',
    description: 'Pin domain IOThreads to host physical CPUs.',
    options: [
      domainOption,
      need('iothread', 'IOThread ID number'),
      need('cpulist', 'host cpu number(s) to set'),
      ...targetOptions,
    ],
    run: iothreadpin,
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
    name: 'iothreadset',
    group: 'domain',
    summary: 'modifies an existing IOThread of the guest domain',
    description: 'Modifies an existing IOThread of the guest domain.',
    options: [
      domainOption,
      need('id', 'iothread id of existing IOThread'),
      int('poll-max-ns', 'set the maximum IOThread polling time in ns'),
      int('poll-grow', 'set the value to increase the IOThread polling time'),
      int('poll-shrink', 'set the value for reduction of the IOThread polling time'),
      int('thread-pool-min', 'lower boundary for worker thread pool'),
      int('thread-pool-max', 'upper boundary for worker thread pool'),
      ...targetOptions,
    ],
    run: iothreadset,
  },
  {
    name: 'iothreaddel',
    group: 'domain',
    summary: 'delete an IOThread from the guest domain',
    description: 'Delete an IOThread from the guest domain.',
    options: [domainOption, need('id', 'iothread_id for the IOThread to delete'), ...targetOptions],
    run: (context, options) => iothread(context, options, 'domainDelIothread'),
  },
]

/** Threads by number, each with the host CPUs that the document pins it to. */
async function iothreadinfo(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const found = await lookupDomain(context, options)
  const { hypervisor, domain, reference } = found
  if (target.live === true && domain.id === undefined) throw notRunning()
  const readXml = await loadXmlReader()
  const xml = await hypervisor.domainGetXmlDesc(reference, { inactive: target.config === true })
  const root = readXml(xml)
  const ids = childrenNamed(elementAt(root, 'iothreadids') ?? root, 'iothread').map((each) =>
    Number(each.attributes.get('id')),
  )
  const count = Number(elementAt(root, 'iothreads')?.text ?? 0)
  for (let id = 1; ids.length < count; id++) if (!ids.includes(id)) ids.push(id)
  const pins = childrenNamed(elementAt(root, 'cputune') ?? root, 'iothreadpin')
  const all = await hostCpus(found, 'r')
  const threads = ids
    .toSorted((a, b) => a - b)
    .map((iothread) => {
      const pin = pins.find((each) => Number(each.attributes.get('iothread')) === iothread)
      const set = pin?.attributes.get('cpuset')
      return { iothread, cpus: set === undefined ? all : parseCpuList(set) }
    })
  if (threads.length === 0) return { remark: 'No IOThreads found for the domain', json: threads }
  return {
    text: formatTable(
      ['IOThread ID', 'CPU Affinity'],
      threads.map(({ iothread, cpus }) => [String(iothread), formatCpuset(cpus)]),
      { quiet: context.settings.quiet },
    ),
    json: threads,
  }
}

async function iothreadpin(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const iothread = options.integer('iothread', 1)
  if (iothread === undefined) throw new CommandError('Invalid IOThread id value')
  const list = options.need('cpulist')
  const found = await lookupDomain(context, options)
  const cpus = await hostCpus(found, list)
  await found.hypervisor.domainPinIothread(found.reference, iothread, cpus, target)
  return { json: { iothread, cpus } }
}

async function iothread(
  context: Context,
  options: Options,
  verb: 'domainAddIothread' | 'domainDelIothread',
): Promise<Answer> {
  const target = changeTarget(options)
  const id = numberOf(options)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor[verb](reference, id, target)
  return { json: { iothread: id } }
}

/** @throws CommandError in virsh's words for none that there can be. */
function numberOf(options: Options): number {
  const id = options.integer('id', 0)
  if (id === undefined || id === 0) {
    throw invalidArgument(`Invalid IOThread id value: '${id ?? 0}'`)
  }
  return id
}

async function iothreadset(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const id = numberOf(options)
  const given = settingOptions.flatMap(([option, key]) => {
    const value = options.integer(option, 0)
    return value === undefined ? [] : [[key, value] as const]
  })
  if (given.length === 0) throw invalidArgument('Not enough arguments passed, nothing to set')
  const settings = Object.fromEntries(given)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetIothread(reference, id, settings, target)
  return { json: { id, ...settings } }
}

const settingOptions = [
  ['poll-max-ns', 'pollMaxNs'],
  ['poll-grow', 'pollGrow'],
  ['poll-shrink', 'pollShrink'],
  ['thread-pool-min', 'threadPoolMin'],
  ['thread-pool-max', 'threadPoolMax'],
] as const
