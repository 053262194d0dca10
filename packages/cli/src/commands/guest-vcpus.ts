import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { formatCpuset } from '../output/format-cpuset.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { exclude } from '../parse/option-pairs.ts'
import { askAgent } from '../qemu/ask-agent.ts'

export const commands: readonly Command[] = [
  {
    name: 'guestvcpus',
    group: 'domain',
    summary: 'query or modify state of vcpu in the guest (via agent)',
    description: "Use the guest agent to query or set cpu state from guest's point of view",
    options: [
      domainOption,
      text('cpulist', 'list of cpus to enable or disable'),
      flag('enable', 'enable cpus specified by cpulist'),
      flag('disable', 'disable cpus specified by cpulist'),
    ],
    run: guestVcpus,
  },
]

interface GuestVcpu {
  readonly 'logical-id': number
  readonly online: boolean
  readonly 'can-offline'?: boolean
}

async function guestVcpus(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'enable', 'disable')
  const list = options.text('cpulist')
  const online = options.flag('enable')
  if (list === undefined && (online || options.flag('disable'))) {
    throw invalidArgument('Option --cpulist is required by --enable and --disable')
  }
  if (list !== undefined && !online && !options.flag('disable')) {
    throw invalidArgument('Option --enable or --disable is required by --cpulist')
  }
  const vcpus = await explainFailure(
    'Failed to query the vCPUs of the guest',
    askAgent<readonly GuestVcpu[]>(context, options, { execute: 'guest-get-vcpus' }),
  )
  if (list === undefined) return vcpuSets(vcpus)
  const wanted = parseCpuList(list)
  const missing = wanted.find((cpu) => !vcpus.some((each) => each['logical-id'] === cpu))
  if (missing !== undefined) {
    throw invalidArgument(`guest has no vCPU ${missing}`)
  }
  const changed = await askAgent<number>(context, options, {
    execute: 'guest-set-vcpus',
    arguments: { vcpus: wanted.map((cpu) => ({ 'logical-id': cpu, online })) },
  })
  if (changed < wanted.length) {
    throw new CommandError(
      `the guest changed ${changed} of ${wanted.length} vCPUs; it may not take the others offline`,
      { code: 'ERR_OPERATION_FAILED' },
    )
  }
  return { json: { online, cpus: wanted } }
}

/** Which there are, which run, and which can be taken offline. */
function vcpuSets(vcpus: readonly GuestVcpu[]): Answer {
  const ids = (kept: (vcpu: GuestVcpu) => boolean): string =>
    formatCpuset(
      vcpus
        .filter(kept)
        .map((vcpu) => vcpu['logical-id'])
        .toSorted((a, b) => a - b),
    )
  const rows = [
    ['vcpus', ids(() => true)],
    ['online', ids(({ online: on }) => on)],
    ['offlinable', ids((vcpu) => vcpu['can-offline'] === true)],
  ] as const
  return {
    text: rows.map(([name, value]) => formatParameter(name, value)).join(''),
    json: Object.fromEntries(rows),
  }
}
