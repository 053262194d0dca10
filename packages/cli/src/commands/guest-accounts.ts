import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, need, text } from '../option-specs.ts'
import { formatCpuset } from '../output/format-cpuset.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { exclude } from '../parse/option-pairs.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'get-user-sshkeys',
    group: 'domain',
    summary: 'list authorized SSH keys for given user (via agent)',
    description: 'Use the guest agent to query authorized SSH keys for given user',
    options: [domainOption, need('user', 'user to list authorized keys for')],
    run: getKeys,
  },
  {
    name: 'set-user-sshkeys',
    group: 'domain',
    summary: 'manipulate authorized SSH keys file for given user (via agent)',
    description:
      'Append, reset or remove specified key from the authorized keys file for given user',
    options: [
      domainOption,
      need('user', 'user to set authorized keys for'),
      text('file', 'optional file to read keys from'),
      flag('reset', 'clear out authorized keys file before adding new keys'),
      flag('remove', 'remove keys from the authorized keys file'),
    ],
    run: setKeys,
  },
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

/** A command of the agent's, and what stands behind `return` of its answer. */
async function ask<T>(
  context: Context,
  options: Options,
  command: { readonly execute: string; readonly arguments?: unknown },
): Promise<T> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const answer = await hypervisor.domainQemuAgentCommand(reference, JSON.stringify(command), {
    signal: context.signal,
  })
  const { return: value } = JSON.parse(answer) as { readonly return: T }
  return value
}

async function getKeys(context: Context, options: Options): Promise<Answer> {
  const username = options.need('user')
  const { keys } = await ask<{ readonly keys: readonly string[] }>(context, options, {
    execute: 'guest-ssh-get-authorized-keys',
    arguments: { username },
  })
  return linesAnswer(keys)
}

async function setKeys(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'reset', 'remove')
  const username = options.need('user')
  const file = options.text('file')
  const [reset, removing] = [options.flag('reset'), options.flag('remove')]
  if (file === undefined && !reset) {
    throw invalidArgument(
      removing ? 'Option --file is required with --remove' : 'Option --file or --reset is required',
    )
  }
  const lines = file === undefined ? [] : (await readDocument(file)).split('\n')
  const keys = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (file !== undefined && keys.length === 0) {
    throw invalidArgument(`File ${file} contains no keys`)
  }
  await ask(context, options, {
    execute: removing ? 'guest-ssh-remove-authorized-keys' : 'guest-ssh-add-authorized-keys',
    arguments: { username, keys, ...(reset && { reset }) },
  })
  return { json: { user: username, keys: keys.length } }
}

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
    ask<readonly GuestVcpu[]>(context, options, { execute: 'guest-get-vcpus' }),
  )
  if (list !== undefined) {
    const wanted = parseCpuList(list)
    const missing = wanted.find((cpu) => !vcpus.some((each) => each['logical-id'] === cpu))
    if (missing !== undefined) {
      throw invalidArgument(`guest has no vCPU ${missing}`)
    }
    const changed = await ask<number>(context, options, {
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
