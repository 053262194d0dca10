import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainError, printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, need, text, words } from '../option-specs.ts'
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
      int('duration', 'duration in seconds'),
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
  const seconds = options.integer('duration', 0) ?? 0
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (seconds > 0) {
    throw new CommandError(`Domain '${domain.name}' could not be suspended`, {
      cause: domainError('ERR_OPERATION_UNSUPPORTED', 'Duration not supported. Use 0 for now'),
      hint: 'dompmwakeup wakes the guest',
    })
  }
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
