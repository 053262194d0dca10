import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { BlockJobInfo, BlockJobOptions, Hypervisor } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, need, text } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import { exclude } from '../parse/option-pairs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { placeOf, placeSaid } from '../xml/copy-place.ts'

export const commands: readonly Command[] = [
  {
    name: 'blockcommit',
    group: 'domain',
    summary: 'Start a block commit operation.',
    description: 'Commit changes from a snapshot down to its backing image.',
    options: [
      domainOption,
      need('path', 'fully-qualified path of disk'),
      int('bandwidth', 'bandwidth limit in MiB/s'),
      text('base', 'path of base file to commit into (default bottom of chain)'),
      flag('shallow', 'use backing file of top as base'),
      text('top', 'path of top file to commit from (default top of chain)'),
      flag('active', 'trigger two-stage active commit of top file'),
      later(flag('delete', 'delete files that were successfully committed')),
      flag('wait', 'wait for job to complete (with --active, wait for job to sync)'),
      flag('verbose', 'with --wait, display the progress'),
      int('timeout', 'implies --wait, abort if copy exceeds timeout (in seconds)'),
      flag('pivot', 'implies --active --wait, pivot when commit is synced'),
      flag('keep-overlay', 'implies --active --wait, quit when commit is synced'),
      later(flag('async', "with --wait, don't wait for cancel to finish")),
      later(flag('keep-relative', 'keep the backing chain relatively referenced')),
      flag('bytes', 'the bandwidth limit is in bytes/s rather than MiB/s'),
    ],
    run: commit,
  },
  {
    name: 'blockcopy',
    group: 'domain',
    summary: 'Start a block copy operation.',
    description: 'Copy a disk backing image chain to dest.',
    options: [
      domainOption,
      need('path', 'fully-qualified path of source disk'),
      text('dest', 'path of the copy to create'),
      int('bandwidth', 'bandwidth limit in MiB/s'),
      flag('shallow', 'make the copy share a backing chain'),
      flag('reuse-external', 'reuse existing destination'),
      later(flag('blockdev', 'copy destination is block device instead of regular file')),
      flag('wait', 'wait for job to reach mirroring phase'),
      flag('verbose', 'with --wait, display the progress'),
      int('timeout', 'implies --wait, abort if copy exceeds timeout (in seconds)'),
      flag('pivot', 'implies --wait, pivot when mirroring starts'),
      flag('finish', 'implies --wait, quit when mirroring starts'),
      later(flag('async', "with --wait, don't wait for cancel to finish")),
      text('xml', 'filename containing XML description of the copy destination'),
      text('format', 'format of the destination file'),
      int('granularity', 'power-of-two granularity to use during the copy'),
      int('buf-size', 'maximum amount of in-flight data during the copy'),
      flag('bytes', 'the bandwidth limit is in bytes/s rather than MiB/s'),
      flag('transient-job', 'the copy job is not persisted if VM is turned off'),
      flag(
        'synchronous-writes',
        'the copy job forces guest writes to be synchronously written to the destination',
      ),
      flag('print-xml', 'print the XML used to start the copy job instead of starting the job'),
    ],
    run: copy,
  },
  {
    name: 'blockjob',
    group: 'domain',
    summary: 'Manage active block operations',
    description: 'Query, adjust speed, or cancel active block operations.',
    options: [
      domainOption,
      need('path', 'fully-qualified path of disk'),
      flag('abort', 'abort the active job on the specified disk'),
      later(flag('async', "implies --abort; request but don't wait for job end")),
      flag('pivot', 'implies --abort; conclude and pivot a copy or commit job'),
      flag('info', 'get active job information for the specified disk'),
      flag('bytes', 'get/set bandwidth in bytes rather than MiB/s'),
      flag('raw', 'implies --info; output details rather than human summary'),
      int('bandwidth', 'set the bandwidth limit in MiB/s'),
    ],
    run: blockjob,
  },
  {
    name: 'blockpull',
    group: 'domain',
    summary: 'Populate a disk from its backing image.',
    description: 'Populate a disk from its backing image.',
    options: [
      domainOption,
      need('path', 'fully-qualified path of disk'),
      int('bandwidth', 'bandwidth limit in MiB/s'),
      text('base', 'path of backing file in chain for a partial pull'),
      flag('wait', 'wait for job to finish'),
      flag('verbose', 'with --wait, display the progress'),
      int('timeout', 'with --wait, abort if pull exceeds timeout (in seconds)'),
      later(flag('async', "with --wait, don't wait for cancel to finish")),
      later(flag('keep-relative', 'keep the backing chain relatively referenced')),
      flag('bytes', 'the bandwidth limit is in bytes/s rather than MiB/s'),
    ],
    run: pull,
  },
  {
    name: 'blockresize',
    group: 'domain',
    summary: 'Resize block device of domain.',
    description: 'Resize block device of domain.',
    options: [
      domainOption,
      need('path', 'Fully-qualified path of block device'),
      need('size', 'New size of the block device, as scaled integer (default KiB)'),
    ],
    run: resize,
  },
]

const mebibyte = 1024 * 1024

function speedOf(options: Options): { readonly speedBytes?: number } {
  const speedBytes = scaledInteger(options, 'bandwidth', options.flag('bytes') ? 1 : mebibyte)
  return speedBytes === undefined ? {} : { speedBytes }
}

interface Job {
  /** `Block Pull`. */
  readonly label: string
  /** `Pull complete`, once it has ended. */
  readonly done: string
  readonly whenReady?: BlockJobOptions['whenReady']
  /** It waits until somebody pivots or aborts it. */
  readonly ready?: boolean
  readonly act: (hypervisor: Hypervisor, reference: string, how: BlockJobOptions) => Promise<void>
}

async function run(context: Context, options: Options, job: Job): Promise<Answer> {
  const seconds = options.integer('timeout', 1)
  const wait = options.flag('wait') || seconds !== undefined || job.whenReady !== undefined
  const { hypervisor, reference } = await lookupDomain(context, options)
  const work = longWork(context, job.label, wait && options.flag('verbose'))
  const limits = [
    work.options.signal,
    seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1000),
  ]
  const signal = AbortSignal.any(limits.filter((each) => each !== undefined))
  await work.during(
    job.act(hypervisor, reference, {
      ...work.options,
      ...(wait && { signal, wait }),
      ...speedOf(options),
      ...(job.whenReady !== undefined && { whenReady: job.whenReady }),
    }),
  )
  const json = {
    disk: options.need('path'),
    ...(job.whenReady !== undefined && { whenReady: job.whenReady }),
  }
  if (!wait) return { remark: `${job.label} started`, json }
  if (job.whenReady === 'pivot') return { remark: '\nSuccessfully pivoted', json }
  return {
    remark:
      job.ready === true && job.whenReady === undefined
        ? '\nNow in synchronized phase'
        : `\n${job.done}`,
    json,
  }
}

/** What comes after the job is ready; where both are said, that is a slip. */
function whenReadyOf(options: Options, finish: string): BlockJobOptions['whenReady'] {
  exclude(options, 'pivot', finish)
  if (options.flag('pivot')) return 'pivot'
  return options.flag(finish) ? 'finish' : undefined
}

async function pull(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('path')
  const base = options.text('base')
  return run(context, options, {
    label: 'Block Pull',
    done: 'Pull complete',
    act: (hypervisor, reference, how) =>
      hypervisor.domainBlockPull(reference, disk, { ...how, ...(base !== undefined && { base }) }),
  })
}

async function commit(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('path')
  exclude(options, 'shallow', 'base')
  const top = options.text('top')
  const whenReady = whenReadyOf(options, 'keep-overlay')
  const active = options.flag('active') || whenReady !== undefined
  if (top === undefined && !active) {
    // Else the guest's own writes would go where it does not say.
    throw invalidArgument('the image in use is committed with --active, --pivot or --keep-overlay')
  }
  const base = options.flag('shallow')
    ? await imageBelow(context, options, top)
    : options.text('base')
  return run(context, options, {
    label: 'Block Commit',
    done: whenReady === 'finish' ? 'Commit complete, overlay image kept' : 'Commit complete',
    ready: active,
    ...(whenReady !== undefined && { whenReady }),
    act: (hypervisor, reference, how) =>
      hypervisor.domainBlockCommit(reference, disk, {
        ...how,
        ...(base !== undefined && { base }),
        ...(top !== undefined && { top }),
      }),
  })
}

/** The image that stands below the one in use, or below the one that is named. */
async function imageBelow(
  context: Context,
  options: Options,
  top: string | undefined,
): Promise<string> {
  const { imageChain } = await import('../disk-chain.ts')
  const chain = await imageChain(context, options)
  const at = top === undefined ? 0 : chain.indexOf(top)
  const below = at < 0 ? undefined : chain[at + 1]
  if (below !== undefined) return below
  throw invalidArgument(
    at < 0
      ? `invalid argument: could not find image '${top ?? ''}' in chain for '${chain[0] ?? ''}'`
      : `invalid argument: top '${chain[at] ?? ''}' in chain has no backing file`,
  )
}

async function copy(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('path')
  exclude(options, 'dest', 'xml')
  exclude(options, 'format', 'xml')
  const place = options.flag('xml') ? await placeOf(options.need('xml')) : placeSaid(options)
  const { file: destination, format } = place
  // Nothing stands for QEMU's own choice, as 0 does in virsh.
  const granularityBytes = options.integer('granularity', 0) || undefined
  const bufferBytes = options.integer('buf-size', 0) || undefined
  if (options.flag('print-xml')) return { text: place.xml, json: place }
  const whenReady = whenReadyOf(options, 'finish')
  return run(context, options, {
    label: 'Block Copy',
    done: 'Successfully copied',
    ready: true,
    ...(whenReady !== undefined && { whenReady }),
    act: (hypervisor, reference, how) =>
      hypervisor.domainBlockCopy(reference, disk, destination, {
        ...how,
        shallow: options.flag('shallow'),
        reuseExternal: options.flag('reuse-external'),
        ...(format !== undefined && { format }),
        ...(granularityBytes !== undefined && { granularityBytes }),
        ...(bufferBytes !== undefined && { bufferBytes }),
        ...(options.flag('synchronous-writes') && { synchronousWrites: true }),
      }),
  })
}

async function blockjob(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'info', 'abort')
  exclude(options, 'info', 'pivot')
  exclude(options, 'raw', 'abort')
  exclude(options, 'raw', 'pivot')
  const disk = options.need('path')
  const { speedBytes } = speedOf(options)
  const pivot = options.flag('pivot')
  const { hypervisor, reference } = await lookupDomain(context, options)
  if (options.flag('abort') || pivot) {
    await hypervisor.domainBlockJobAbort(reference, disk, { pivot })
    return { json: { disk, pivot } }
  }
  if (speedBytes !== undefined) {
    await hypervisor.domainBlockJobSetSpeed(reference, disk, speedBytes)
    return { json: { disk, speedBytes } }
  }
  const job = await hypervisor.domainGetBlockJobInfo(reference, disk)
  if (job === undefined) {
    return { remark: `No current block job for ${printable(disk)}`, json: null }
  }
  return {
    text: options.flag('raw') ? rawJob(job) : formatJob(job, options.flag('bytes')),
    json: job,
  }
}

const labels = {
  pull: 'Block Pull',
  copy: 'Block Copy',
  commit: 'Block Commit',
  'active-commit': 'Active Block Commit',
} as const

function formatJob(job: BlockJobInfo, bytes: boolean): string {
  const { processedBytes, totalBytes, speedBytes } = job
  const done = totalBytes === 0 ? 100 : Math.floor((100 * processedBytes) / totalBytes)
  const percent =
    job.status === 'running' && processedBytes < totalBytes ? Math.min(99, done) : done
  const mebibytes = (speedBytes / mebibyte).toFixed(3)
  const limit =
    speedBytes === 0
      ? ''
      : `    Bandwidth limit: ${speedBytes} bytes/s${bytes ? '' : ` (${mebibytes} MiB/s)`}`
  const failed = job.error === undefined ? '' : `    ${printable(job.error)}`
  return `${labels[job.type]}: [${String(percent).padStart(3)} %]${limit}${failed}\n`
}

function rawJob(job: BlockJobInfo): string {
  return (
    ` type=${labels[job.type]}\n bandwidth=${job.speedBytes}\n` +
    ` cur=${job.processedBytes}\n end=${job.totalBytes}\n`
  )
}

async function resize(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('path')
  const sizeBytes = scaledInteger(options, 'size', 1024) ?? 0
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    `Failed to resize block device '${disk}'`,
    hypervisor.domainBlockResize(reference, disk, sizeBytes),
  )
  return { remark: `Block device '${printable(disk)}' is resized`, json: { disk, sizeBytes } }
}
