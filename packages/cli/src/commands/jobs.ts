import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainJobInfo } from '../core.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { flag, later } from '../option-specs.ts'
import { prettySize } from '../output/pretty-size.ts'

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
    name: 'domjobabort',
    group: 'domain',
    summary: 'abort active domain job',
    description: 'Aborts the currently running domain job',
    options: [domainOption, later(flag('postcopy', 'interrupt post-copy migration'))],
    run: abortJob,
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

async function abortJob(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await hypervisor.domainAbortJob(reference)
  return { json: { name: domain.name, uuid: domain.uuid } }
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
