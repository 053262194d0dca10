import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, named, need, text, words } from '../option-specs.ts'
import { exclude } from '../parse/option-pairs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'

export const commands: readonly Command[] = [
  {
    name: 'domfsfreeze',
    group: 'domain',
    summary: "Freeze domain's mounted filesystems.",
    description: "Freeze domain's mounted filesystems.",
    options: [domainOption, words('mountpoint', 'mountpoint path to be frozen')],
    run: freeze,
  },
  {
    name: 'domfsthaw',
    group: 'domain',
    summary: "Thaw domain's mounted filesystems.",
    description: "Thaw domain's mounted filesystems.",
    options: [domainOption, later(words('mountpoint', 'mountpoint path to be thawed'))],
    run: thaw,
  },
  {
    name: 'domfstrim',
    group: 'domain',
    summary: "Invoke fstrim on domain's mounted filesystems.",
    description: "Invoke fstrim on domain's mounted filesystems.",
    options: [
      domainOption,
      int('minimum', 'Just a hint to ignore contiguous free ranges smaller than this (Bytes)'),
      later(text('mountpoint', 'which mount point to trim')),
    ],
    run: trim,
  },
  {
    name: 'dompmsuspend',
    group: 'domain',
    summary: 'suspend a domain gracefully using power management functions',
    description:
      "Suspends a running domain using guest OS's power management. (Note: This requires a guest agent configured and running in the guest OS).",
    options: [
      domainOption,
      need('target', 'mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)', [
        'mem',
        'disk',
        'hybrid',
      ]),
      later(int('duration', 'duration in seconds')),
    ],
    run: suspend,
  },
  {
    name: 'dompmwakeup',
    group: 'domain',
    summary: 'wakeup a domain from pmsuspended state',
    description: 'Wakeup a domain that was previously suspended by power management.',
    options: [domainOption],
    run: wakeup,
  },
  {
    name: 'domtime',
    group: 'monitor',
    summary: 'domain time',
    description: "Gets or sets the domain's system time",
    options: [
      domainOption,
      flag('now', 'set to the time of the host running virsh'),
      flag('pretty', "print domain's time in human readable form"),
      flag('sync', "instead of setting given time, synchronize from domain's RTC"),
      int('time', 'time to set'),
    ],
    run: domtime,
  },
  {
    name: 'qemu-agent-command',
    group: 'domain',
    summary: 'QEMU Guest Agent Command',
    description: 'Run an arbitrary qemu guest agent command; use at your own risk',
    options: [
      domainOption,
      named(int('timeout', 'timeout seconds. must be positive.')),
      later(flag('async', 'execute command without waiting for timeout')),
      later(flag('block', 'execute command without timeout')),
      flag('pretty', 'pretty-print the output'),
      words('cmd', 'command', true),
    ],
    run: agentCommand,
  },
  {
    name: 'set-user-password',
    group: 'domain',
    summary: 'set the user password inside the domain',
    description: 'changes the password of the specified user inside the domain',
    options: [
      domainOption,
      need('user', 'the username'),
      need('password', 'the new password'),
      flag('encrypted', 'the password is already encrypted'),
    ],
    run: setPassword,
  },
]

async function freeze(context: Context, options: Options): Promise<Answer> {
  const mountpoints = options.list('mountpoint')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const frozen: number = await explainFailure(
    'Unable to freeze filesystems',
    hypervisor.domainFsFreeze(reference, {
      ...(mountpoints.length > 0 && { mountpoints }),
      signal: context.signal,
    }),
  )
  return { remark: `Froze ${frozen} filesystem(s)\n`, json: { frozen } }
}

async function thaw(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const thawed: number = await explainFailure(
    'Unable to thaw filesystems',
    hypervisor.domainFsThaw(reference, { signal: context.signal }),
  )
  return { remark: `Thawed ${thawed} filesystem(s)\n`, json: { thawed } }
}

async function trim(context: Context, options: Options): Promise<Answer> {
  const minimumBytes = scaledInteger(options, 'minimum', 1)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Unable to invoke fstrim',
    hypervisor.domainFsTrim(reference, {
      ...(minimumBytes !== undefined && { minimumBytes }),
      signal: context.signal,
    }),
  )
  return { json: { name: domain.name, uuid: domain.uuid } }
}

async function suspend(context: Context, options: Options): Promise<Answer> {
  const target = options.need('target')
  if (target !== 'mem' && target !== 'disk' && target !== 'hybrid') {
    throw invalidArgument('Invalid target')
  }
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await explainFailure(
    `Domain '${domain.name}' could not be suspended`,
    hypervisor.domainPmSuspend(reference, target, { signal: context.signal }),
  )
  return {
    remark: `Domain '${printable(domain.name)}' successfully suspended`,
    json: { name: domain.name, uuid: domain.uuid },
  }
}

async function wakeup(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await explainFailure(
    `Domain '${domain.name}' could not be woken up`,
    hypervisor.domainPmWakeup(reference),
  )
  return {
    remark: `Domain '${printable(domain.name)}' successfully woken up`,
    json: { name: domain.name, uuid: domain.uuid },
  }
}

async function domtime(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'time', 'now')
  exclude(options, 'time', 'sync')
  exclude(options, 'now', 'sync')
  const given = options.text('time')
  if (given !== undefined && !/^\d{1,12}$/.test(given)) {
    throw invalidArgument(`Numeric value '${given}' for <time> option is malformed or out of range`)
  }
  const now = options.flag('now') ? Math.floor(Date.now() / 1000) : undefined
  const seconds = given === undefined ? now : Number(given)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { signal } = context
  if (seconds !== undefined || options.flag('sync')) {
    const time = seconds === undefined ? undefined : { seconds, nanoseconds: 0 }
    await hypervisor.domainSetTime(reference, time, { signal })
    return { json: { time: time ?? 'sync' } }
  }
  const time = await hypervisor.domainGetTime(reference, { signal })
  const pretty = options.flag('pretty')
  const shown = pretty
    ? new Date(time.seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
    : String(time.seconds)
  return { text: `Time: ${shown}`, json: time }
}

async function agentCommand(context: Context, options: Options): Promise<Answer> {
  const timeout = options.integer('timeout', 1)
  const command = options.list('cmd').join(' ')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const answer = await hypervisor.domainQemuAgentCommand(reference, command, {
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    signal: context.signal,
  })
  const value = JSON.parse(answer) as unknown
  const shown = options.flag('pretty') ? JSON.stringify(value, undefined, 2) : answer
  const lines = shown.split('\n').map((line) => printable(line))
  return { text: `${lines.join('\n')}\n`, json: value }
}

async function setPassword(context: Context, options: Options): Promise<Answer> {
  const user = options.need('user')
  const password = options.need('password')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetUserPassword(reference, user, password, {
    encrypted: options.flag('encrypted'),
    signal: context.signal,
  })
  return {
    remark: `Password set successfully for ${printable(user)} in ${printable(domain.name)}`,
    json: { name: domain.name, user },
  }
}
