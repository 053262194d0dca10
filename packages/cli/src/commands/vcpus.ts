import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { VcpuInfo } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, need, targetOptions } from '../option-specs.ts'
import { formatCpuset } from '../output/format-cpuset.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { exclude } from '../parse/option-pairs.ts'
import { askAgent } from '../qemu/ask-agent.ts'

export const commands: readonly Command[] = [
  {
    name: 'setvcpus',
    group: 'domain',
    summary: 'change number of virtual CPUs',
    description: 'Change the number of virtual CPUs in the guest domain.',
    options: [
      domainOption,
      need('count', 'number of virtual CPUs'),
      flag('maximum', 'set maximum limit on next boot'),
      ...targetOptions,
      flag('guest', 'modify cpu state in the guest'),
      later(flag('hotpluggable', 'make added vcpus hot(un)pluggable')),
    ],
    run: setvcpus,
  },
  {
    name: 'setvcpu',
    group: 'domain',
    summary: 'attach/detach vcpu or groups of threads',
    description: 'Add or remove vcpus',
    options: [
      domainOption,
      need('vcpulist', 'ids of vcpus to manipulate'),
      flag('enable', 'enable cpus specified by cpumap'),
      flag('disable', 'disable cpus specified by cpumap'),
      ...targetOptions,
    ],
    run: setvcpu,
  },
  {
    name: 'vcpucount',
    group: 'domain',
    summary: 'domain vcpu counts',
    description: 'Returns the number of virtual CPUs used by the domain.',
    options: [
      domainOption,
      flag('maximum', 'get maximum count of vcpus'),
      flag('active', 'get number of currently active vcpus'),
      flag('live', 'get value from running domain'),
      flag('config', 'get value to be used on next boot'),
      flag('current', 'get value according to current domain state'),
      flag('guest', 'retrieve vcpu count from the guest instead of the hypervisor'),
    ],
    run: vcpucount,
  },
  {
    name: 'vcpuinfo',
    group: 'domain',
    summary: 'detailed domain vcpu information',
    description: 'Returns basic information about the domain virtual CPUs.',
    options: [domainOption, flag('pretty', 'return human readable output')],
    run: vcpuinfo,
  },
]

async function setvcpus(context: Context, options: Options): Promise<Answer> {
  for (const other of ['live', 'current']) exclude(options, 'guest', other)
  exclude(options, 'guest', 'config')
  exclude(options, 'maximum', 'guest')
  const target = changeTarget(options)
  const count = options.integer('count', 0)
  if (count === undefined || count === 0) {
    throw invalidArgument(`Can't set 0 processors for a VM`)
  }
  if (options.flag('maximum') && target.config !== true) {
    throw invalidArgument('--maximum must be used with --config only')
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  const maximum = options.flag('maximum')
  await hypervisor.domainSetVcpus(reference, count, {
    ...target,
    ...(maximum && { maximum }),
    ...(options.flag('guest') && { guest: true }),
    signal: context.signal,
  })
  return { json: { vcpus: count, maximum } }
}

async function setvcpu(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'enable', 'disable')
  const target = changeTarget(options)
  if (!options.flag('enable') && !options.flag('disable')) {
    throw invalidArgument('one of --enable, --disable is required')
  }
  const vcpus = parseCpuList(options.need('vcpulist'))
  const { hypervisor, reference } = await lookupDomain(context, options)
  const enabled = options.flag('enable')
  await hypervisor.domainSetVcpu(reference, vcpus, enabled, { ...target, signal: context.signal })
  return { json: { vcpus, enabled } }
}

interface Count {
  readonly count: 'maximum' | 'current'
  readonly of: 'config' | 'live'
  readonly vcpus: number
}

async function vcpucount(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'live', 'config')
  exclude(options, 'maximum', 'active')
  exclude(options, 'guest', 'config')
  const target = changeTarget(options)
  if (options.flag('guest')) return guestCount(context, options)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const single = options.flag('maximum') || options.flag('active')
  if (single) {
    const counts = await hypervisor.domainGetVcpuCounts(reference, target)
    const count = options.flag('maximum') ? counts.maximum : counts.current
    return { text: `${count}\n`, json: count }
  }
  const sides = (['config', 'live'] as const).filter((side) => {
    if (options.flag('current')) return side === (domain.id === undefined ? 'config' : 'live')
    if (options.flag('live') || options.flag('config')) return options.flag(side)
    return side === 'config' ? domain.persistent : domain.id !== undefined
  })
  const rows: Count[] = []
  for (const of of sides) {
    const counts = await hypervisor.domainGetVcpuCounts(reference, { [of]: true })
    for (const count of ['maximum', 'current'] as const) {
      rows.push({ count, of, vcpus: counts[count] })
    }
  }
  const sorted = rows.toSorted((a, b) => Number(a.count > b.count ? -1 : a.count < b.count))
  return {
    text: sorted
      .map(
        ({ count, of, vcpus }) =>
          `${count.padEnd(12)} ${of.padEnd(12)} ${`${vcpus}`.padStart(3)}\n`,
      )
      .join(''),
    json: sorted,
  }
}

/** Of those that the guest has, the ones that it uses; `maximum` counts all. */
async function guestCount(context: Context, options: Options): Promise<Answer> {
  const vcpus = await explainFailure(
    'Failed to retrieve vCPU count from the guest',
    askAgent<readonly { readonly online: boolean }[]>(context, options, {
      execute: 'guest-get-vcpus',
    }),
  )
  const count = vcpus.filter(({ online }) => options.flag('maximum') || online).length
  return { text: `${count}\n`, json: count }
}

async function vcpuinfo(context: Context, options: Options): Promise<Answer> {
  const pretty = options.flag('pretty')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const vcpus = await hypervisor.domainGetVcpus(reference, { signal: context.signal })
  const { cpus: hostCpus } = await hypervisor.nodeGetInfo()
  const running = domain.id !== undefined
  const blocks = vcpus
    .filter((vcpu) => !running || vcpu.state !== 'offline')
    .map((vcpu) => formatVcpu(vcpu, { pretty, running, hostCpus }))
  return { text: blocks.join('\n'), json: vcpus }
}

function formatVcpu(
  vcpu: VcpuInfo,
  how: { readonly pretty: boolean; readonly running: boolean; readonly hostCpus: number },
): string {
  const { hostCpus } = how
  const all = Array.from({ length: hostCpus }, (_, at) => at)
  const allowed = vcpu.affinity ?? all
  const affinity = how.pretty
    ? `${formatCpuset(allowed)} (out of ${hostCpus})`
    : all.map((cpu) => (allowed.includes(cpu) ? 'y' : '-')).join('')
  const time = vcpu.cpuTimeNs
  return [
    ['VCPU:', vcpu.vcpu],
    ['CPU:', how.running ? (vcpu.cpu ?? 'N/A') : 'N/A'],
    ['State:', how.running ? vcpu.state : 'N/A'],
    ...(!how.running ? [['CPU time', 'N/A']] : []),
    ...(how.running && time !== undefined && time > 0
      ? [['CPU time:', `${(time / 1e9).toFixed(1)}s`]]
      : []),
    ['CPU Affinity:', affinity],
  ]
    .map(([name, value]) => `${String(name).padEnd(15)} ${value}\n`)
    .join('')
}
