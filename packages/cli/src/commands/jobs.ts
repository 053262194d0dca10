import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, printable } from '../core.ts'
import type { DomainJobInfo, Hypervisor } from '../core.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { flag, int, need, text } from '../option-specs.ts'
import { prettySize } from '../output/pretty-size.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { devicesOf } from '../xml/devices-of.ts'

const dirtyRateModes = ['page-sampling', 'dirty-bitmap', 'dirty-ring']

export const commands: readonly Command[] = [
  {
    name: 'domjobinfo',
    group: 'domain',
    summary: 'domain job information',
    description: 'Returns information about jobs running on a domain.',
    options: [
      domainOption,
      flag('completed', 'return statistics of a recently completed job'),
      // They are kept until the next one.
      flag('keep-completed', "don't destroy statistics of a recently completed job when reading"),
      flag('anystats', 'print statistics for any kind of job (even failed ones)'),
      flag('rawstats', 'print the raw data returned by libvirt'),
    ],
    run: jobInfo,
  },
  {
    name: 'migrate-getmaxdowntime',
    group: 'domain',
    summary: 'get maximum tolerable downtime',
    description:
      'Get maximum tolerable downtime of a domain which is being live-migrated to another host.',
    options: [domainOption],
    run: maxDowntime,
  },
  {
    name: 'migrate-getspeed',
    group: 'domain',
    summary: 'Get the maximum migration bandwidth',
    description: 'Get the maximum migration bandwidth (in MiB/s) for a domain.',
    options: [domainOption, flag('postcopy', 'get post-copy migration bandwidth')],
    run: speed,
  },
  {
    name: 'domblkerror',
    group: 'monitor',
    summary: 'Show errors on block devices',
    description: 'Show block device errors',
    options: [domainOption],
    run: blockErrors,
  },
  {
    name: 'domblkthreshold',
    group: 'domain',
    summary:
      "set the threshold for block-threshold event for a given block device or it's backing chain element",
    description: 'set threshold for block-threshold event for a block device',
    options: [
      domainOption,
      need('dev', 'device to set threshold for'),
      int('threshold', 'threshold as a scaled number (by default bytes)'),
    ].map((option) => (option.name === 'threshold' ? { ...option, required: true } : option)),
    run: threshold,
  },
  {
    name: 'domdirtyrate-calc',
    group: 'domain',
    summary: "Calculate a vm's memory dirty rate",
    description:
      "Calculate memory dirty rate of a domain in order to decide whether it's proper to be migrated out or not.\nThe calculated dirty rate information is available by calling 'domstats --dirtyrate'.",
    options: [
      domainOption,
      int(
        'seconds',
        'calculate memory dirty rate within specified seconds, the supported value range from 1 to 60, default to 1.',
      ),
      text(
        'mode',
        "dirty page rate calculation mode, either of these 3 options 'page-sampling, dirty-bitmap, dirty-ring' can be specified.",
        dirtyRateModes,
      ),
    ],
    run: dirtyRate,
  },
  {
    name: 'domcontrol',
    group: 'monitor',
    summary: 'domain control interface state',
    description: 'Returns state of a control interface to the domain.',
    options: [domainOption],
    run: control,
  },
]

/** virsh's words for kinds of jobs; others are said as they are called. */
const operations: Readonly<Record<string, string>> = {
  migrate: 'Outgoing migration',
  receive: 'Incoming migration',
  'snapshot-create': 'Snapshot',
  'snapshot-revert': 'Snapshot revert',
  'snapshot-delete': 'Snapshot delete',
}

async function jobInfo(context: Context, options: Options): Promise<Answer> {
  const completed = options.flag('completed')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const job = await hypervisor.domainGetJobInfo(reference, { completed })
  if (job === undefined) {
    if (domain.id === undefined) throw notRunning()
    return { text: field('Job type:', 'None'), json: null }
  }
  const { kind, phase, ownerPid, startedAtMs, progress, error } = job
  const word = job.operation ?? operations[kind] ?? capitalized(kind)
  const elapsedMs = progress?.elapsedMs ?? Math.max(0, Date.now() - startedAtMs)
  return {
    text:
      field('Job type:', completed ? endOf(job) : typeOf(job)) +
      field('Operation:', word) +
      (completed ? '' : field('Phase:', phase) + field('Owner:', `process ${ownerPid}`)) +
      `${'Time elapsed:'.padEnd(17)} ${String(elapsedMs).padEnd(12)} ms\n` +
      amounts(job) +
      (error === undefined ? '' : `${'Error message:'.padEnd(17)} ${printable(error)}\n`),
    json: job,
  }
}

/** Of a backup, as of libvirt's, nobody knows when the guest will have let it end. */
function typeOf({ kind, progress }: DomainJobInfo): string {
  return progress === undefined || kind === 'backup' ? 'Unbounded' : 'Bounded'
}

function endOf({ error }: DomainJobInfo): string {
  return error === undefined ? 'Completed' : 'Failed'
}

function capitalized(kind: string): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
}

function field(name: string, value: string): string {
  return `${name.padEnd(17)} ${printable(value).padEnd(12)}\n`
}

/** What a job moves: a guest's memory, or its disks. */
function amounts({ kind, progress, temporaryBytes }: DomainJobInfo): string {
  const line = (name: string, bytes: number, more = ''): string =>
    `${name.padEnd(17)} ${prettySize(bytes, 3)}${more}\n`
  const temporary =
    temporaryBytes === undefined
      ? ''
      : line('Temporary disk space use:', temporaryBytes.used) +
        line('Temporary disk space total:', temporaryBytes.total)
  if (progress === undefined) return temporary
  const { processedBytes, remainingBytes, totalBytes, rateBytes } = progress
  const what = kind === 'backup' ? 'File' : 'Data'
  return (
    line(`${what} processed:`, processedBytes) +
    line(`${what} remaining:`, remainingBytes) +
    line(`${what} total:`, totalBytes) +
    (rateBytes === undefined ? '' : line('Bandwidth:', rateBytes, '/s')) +
    temporary
  )
}

/** A question of QEMU's own, and what stands behind `return` of its answer. */
async function asked<T>(hypervisor: Hypervisor, reference: string, command: string): Promise<T> {
  const answer = await hypervisor.domainQemuMonitorCommand(
    reference,
    JSON.stringify({ execute: command }),
  )
  const { return: value } = JSON.parse(answer) as { readonly return: T }
  return value
}

interface MigrationLimits {
  readonly 'downtime-limit'?: number
  readonly 'max-bandwidth'?: number
  readonly 'max-postcopy-bandwidth'?: number
}

async function maxDowntime(context: Context, options: Options): Promise<Answer> {
  const limits = await migrationLimits(context, options)
  const downtimeMs = limits['downtime-limit'] ?? 0
  return { text: `${downtimeMs}\n`, json: { downtimeMs } }
}

async function speed(context: Context, options: Options): Promise<Answer> {
  const limits = await migrationLimits(context, options)
  const name = options.flag('postcopy') ? 'max-postcopy-bandwidth' : 'max-bandwidth'
  const bandwidthBytes = limits[name] ?? 0
  return { text: `${Math.floor(bandwidthBytes / 1024 ** 2)}\n`, json: { bandwidthBytes } }
}

async function migrationLimits(context: Context, options: Options): Promise<MigrationLimits> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  return asked<MigrationLimits>(hypervisor, reference, 'query-migrate-parameters')
}

interface BlockDevice {
  readonly device?: string
  readonly qdev?: string
  readonly 'io-status'?: string
}

const blockErrorWords: Readonly<Record<string, string>> = {
  failed: 'unspecified error',
  nospace: 'no space',
}

async function blockErrors(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  const devices = await asked<readonly BlockDevice[]>(hypervisor, reference, 'query-block')
  const targets = await targetsByAlias(hypervisor, reference)
  const errors = devices.flatMap(({ device, qdev, 'io-status': status = 'ok' }) => {
    const alias = [...targets.keys()].find(
      (each) => qdev?.split('/').includes(each) === true || device === `drive-${each}`,
    )
    const error = blockErrorWords[status]
    return error === undefined ? [] : [{ disk: targets.get(alias ?? '') ?? qdev ?? '-', error }]
  })
  return {
    text:
      errors.length === 0
        ? 'No errors found\n'
        : errors.map(({ disk, error }) => `${printable(disk)}: ${error}\n`).join(''),
    json: errors,
  }
}

async function targetsByAlias(
  hypervisor: Hypervisor,
  reference: string,
): Promise<ReadonlyMap<string, string>> {
  const disks = await devicesOf(await hypervisor.domainGetXmlDesc(reference), 'disk')
  return new Map(
    disks.map((disk) => [
      elementAt(disk, 'alias')?.attributes.get('name') ?? '',
      elementAt(disk, 'target')?.attributes.get('dev') ?? '',
    ]),
  )
}

async function threshold(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('dev')
  const thresholdBytes = scaledInteger(options, 'threshold', 1) ?? 0
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetBlockThreshold(reference, disk, thresholdBytes)
  return { json: { disk, thresholdBytes } }
}

async function dirtyRate(context: Context, options: Options): Promise<Answer> {
  const seconds = options.integer('seconds', 1) ?? 1
  const mode = options.text('mode') ?? 'page-sampling'
  if (seconds > 60) {
    throw invalidArgument('Invalid value for seconds; it is between 1 and 60')
  }
  if (!dirtyRateModes.includes(mode)) {
    throw invalidArgument(`Unknown calculation mode '${mode}'`)
  }
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  const answer = await hypervisor.domainQemuMonitorCommand(
    reference,
    JSON.stringify({ execute: 'calc-dirty-rate', arguments: { 'calc-time': seconds, mode } }),
  )
  const { error } = JSON.parse(answer) as { readonly error?: { readonly desc?: string } }
  if (error !== undefined) {
    throw new CommandError(`Failed to calculate domain's memory dirty rate: ${error.desc ?? ''}`, {
      code: 'ERR_OPERATION_FAILED',
    })
  }
  return {
    remark: "Start to calculate domain's memory dirty rate successfully.\n",
    json: { seconds, mode },
  }
}

/** Is anybody busy with the domain, and does its QEMU answer? Nothing here waits for a job. */
async function control(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  const job = await hypervisor.domainGetJobInfo(reference)
  if (job !== undefined) {
    const seconds = (Math.max(0, Date.now() - job.startedAtMs) / 1000).toFixed(3)
    return { text: `occupied (${seconds}s)\n`, json: { state: 'occupied', job } }
  }
  await explainFailure(
    'error (monitor failure)',
    hypervisor.domainGetVcpus(reference, { signal: context.signal }),
  )
  return { text: 'ok\n', json: { state: 'ok' } }
}
