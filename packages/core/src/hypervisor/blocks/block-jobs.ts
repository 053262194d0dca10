import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, printable, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockJobFact } from '../../store/index.ts'
import type {
  BlockCommitOptions,
  BlockCopyOptions,
  BlockJobInfo,
  BlockJobOptions,
} from '../interface/blocks.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { takeImage } from '../confinement/hand-over.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { conclude, concluded, remember } from './conclude-job.ts'
import { diskChain, topNode } from './disk-graph.ts'
import type { OpenImage } from './disk-graph.ts'
import { infoOf, jobId, jobOf, speedOf } from './job-state.ts'
import { createImage, openSteps } from './new-image.ts'
import { fileOf, freeIndex } from './switch-image.ts'
import type { ImageFile } from './switch-image.ts'
import { performSteps } from '../live/perform-steps.ts'

type Kind = BlockJobInfo['type']

const pollMs = 200

/** What a job is about. */
interface JobPlace {
  readonly disk: Disk
  readonly live: Domain
  readonly running: Running
}

interface Begun {
  readonly kind: Kind
  readonly fact: BlockJobFact
  start(qmp: QmpClient): Promise<unknown>
}

/** Starts a job on a disk that has none, and remembers what it will have changed. */
async function begin(
  rooms: Rooms,
  reference: string,
  name: string,
  plan: (qmp: QmpClient, at: JobPlace) => Promise<Begun>,
): Promise<{ readonly running: Running; readonly disk: Disk }> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  const disk = diskNamed(live, name)
  await rooms.command(running, 'block-job', async (qmp) => {
    const before = await jobOf(qmp, disk.target)
    if (before !== undefined)
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `disk ${quote(disk.target)} already in active block job (${before.kind})`,
      )
    const { fact, start } = await plan(qmp, { disk, live, running })
    remember(rooms, running, disk.target, fact)
    try {
      await start(qmp)
    } catch (error) {
      remember(rooms, running, disk.target, undefined)
      throw error
    }
  })
  return { running, disk }
}

/** Job options that all kinds have: nobody needs to be there when it ends. */
function common(kind: Kind, target: string, { speedBytes }: BlockJobOptions): object {
  return {
    'job-id': jobId(kind, target),
    'auto-dismiss': false,
    ...(speedBytes !== undefined && { speed: speedBytes }),
  }
}

function imageAt(chain: readonly OpenImage[], file: string): OpenImage {
  const found = chain.find((image) => image.file === file)
  if (found !== undefined) return found
  throw domainError(
    'ERR_INVALID_ARG',
    `${quote(file, 200)} is not an image of the disk; it has: ${chain.map((image) => quote(image.file, 200)).join(', ')}`,
  )
}

export async function blockPull(
  rooms: Rooms,
  reference: string,
  {
    disk: name,
    base,
    ...options
  }: BlockJobOptions & { readonly disk: string; readonly base?: string },
): Promise<void> {
  const { running, disk } = await begin(rooms, reference, name, async (qmp, { disk }) => {
    const chain = await diskChain(qmp, disk)
    const on = base === undefined ? undefined : imageAt(chain, base)
    const end = on === undefined ? chain.length : chain.indexOf(on)
    const dropped = chain.slice(1, end).map(({ file }) => file)
    return {
      kind: 'pull',
      fact: { kind: 'pull', file: fileOf(disk) ?? '', dropped },
      start: async (one) =>
        one.executeUnchecked('block-stream', {
          ...common('pull', disk.target, options),
          device: await topNode(one, disk),
          ...(on && { base: on.file }),
        }),
    }
  })
  await follow(rooms, running, disk, options)
}

export async function blockCommit(
  rooms: Rooms,
  reference: string,
  { disk: name, base, top, ...options }: BlockCommitOptions & { readonly disk: string },
): Promise<void> {
  const { running, disk } = await begin(rooms, reference, name, async (qmp, { disk }) => {
    const chain = await diskChain(qmp, disk)
    const lowest = base === undefined ? chain.at(-1) : imageAt(chain, base)
    const highest = top === undefined ? chain[0] : imageAt(chain, top)
    if (
      lowest === undefined ||
      highest === undefined ||
      chain.indexOf(lowest) <= chain.indexOf(highest)
    )
      throw domainError(
        'ERR_INVALID_ARG',
        'the image that takes the writes is below the one that gives them',
      )
    const isActive = highest === chain[0]
    const kind = isActive ? 'active-commit' : 'commit'
    const dropped = chain
      .slice(chain.indexOf(highest), chain.indexOf(lowest))
      .map(({ file }) => file)
    return {
      kind,
      fact: {
        kind,
        file: fileOf(disk) ?? '',
        dropped,
        ...(isActive && { to: { file: lowest.file, format: lowest.format } }),
      },
      start: async (one) =>
        one.executeUnchecked('block-commit', {
          ...common(kind, disk.target, options),
          device: await topNode(one, disk),
          base: lowest.file,
          ...(!isActive && { top: highest.file }),
        }),
    }
  })
  await follow(rooms, running, disk, options)
}

export async function blockCopy(
  rooms: Rooms,
  reference: string,
  {
    disk: name,
    destination,
    format,
    ...options
  }: BlockCopyOptions & { readonly disk: string; readonly destination: string },
): Promise<void> {
  const { running, disk } = await begin(
    rooms,
    reference,
    name,
    async (qmp, { disk, live, running: { active } }) => {
      const [top, under] = await diskChain(qmp, disk)
      if (top === undefined) throw domainError('ERR_OPERATION_INVALID', 'the disk has no image')
      const to: ImageFile = { file: destination, format: format ?? top.format }
      const index = freeIndex(live)
      if (options.reuseExternal !== true) {
        await createImage({
          ...to,
          sizeBytes: top.sizeBytes,
          ...(options.shallow === true && under && { backing: under }),
        })
      }
      return {
        kind: 'copy',
        fact: { kind: 'copy', file: fileOf(disk) ?? '', dropped: [], to, index },
        async start(one) {
          const confinement = rooms.layout.confinement ?? unconfined
          takeImage(rooms.store, active, { path: destination, confinement })
          const steps = openSteps({ ...disk, readonly: false }, to, index)
          await performSteps(one, steps)
          await one.executeUnchecked('blockdev-mirror', {
            ...common('copy', disk.target, options),
            device: await topNode(one, disk),
            target: `libvirt-${index}-format`,
            sync: options.shallow === true ? 'top' : 'full',
          })
        },
      }
    },
  )
  await follow(rooms, running, disk, options)
}

/** Waits where that is asked for, and does with a job that is ready what is wanted. */
async function follow(
  rooms: Rooms,
  running: Running,
  disk: Disk,
  { wait, whenReady, signal, onProgress }: BlockJobOptions,
): Promise<void> {
  if (wait !== true && whenReady === undefined) return
  const start = performance.now()
  const { uuid } = running.domain
  for (;;) {
    const info = await blockJobInfo(rooms, uuid, disk.target)
    if (info === undefined) return
    onProgress?.({
      kind: info.type,
      processedBytes: info.processedBytes,
      remainingBytes: info.totalBytes - info.processedBytes,
      totalBytes: info.totalBytes,
      elapsedMs: performance.now() - start,
    })
    if (info.status === 'concluded') {
      if (info.error === undefined) return
      throw domainError(
        'ERR_OPERATION_FAILED',
        `block ${info.type} failed: ${printable(info.error)}`,
      )
    }
    if (info.status === 'ready') {
      if (whenReady !== undefined)
        await abortBlockJob(rooms, uuid, { disk: disk.target, pivot: whenReady === 'pivot' })
      return
    }
    if (signal?.aborted === true) {
      await abortBlockJob(rooms, uuid, { disk: disk.target, pivot: false })
      throw domainError('ERR_OPERATION_ABORTED', `block ${info.type}: canceled by client`)
    }
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}

/** How the disk's job is. One that has ended is taken note of: the definitions say what it changed. */
export async function blockJobInfo(
  rooms: Rooms,
  reference: string,
  name: string,
): Promise<BlockJobInfo | undefined> {
  const running = await rooms.findActive(reference)
  const { target } = diskNamed(await rooms.live(running), name)
  const info = await rooms.ask(running, async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined) return undefined
    const speedBytes = found.job.status === 'concluded' ? 0 : await speedOf(qmp, found.job.id)
    return infoOf(target, found.kind, { job: found.job, speedBytes })
  })
  const known = running.active.facts.blockJobs?.[target]
  // Whoever should have taken note may have died over it, with the job dismissed.
  if (info?.status === 'concluded' || (info === undefined && known !== undefined))
    await rooms.command(running, 'block-job', (qmp) => conclude(rooms, running, qmp, target))
  return info
}

export async function abortBlockJob(
  rooms: Rooms,
  reference: string,
  { disk: name, pivot = false }: { readonly disk: string; readonly pivot?: boolean },
): Promise<void> {
  const running = await rooms.findActive(reference)
  const { target } = diskNamed(await rooms.live(running), name)
  await rooms.command(running, 'block-job', async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `disk ${quote(target)} does not have an active block job`,
      )
    const { id, status } = found.job
    if (pivot && status !== 'ready')
      throw domainError(
        'ERR_BLOCK_COPY_ACTIVE',
        `block job on disk ${quote(target)} is not ready for pivot yet`,
      )
    if (status !== 'concluded')
      await qmp.executeUnchecked(pivot ? 'job-complete' : 'job-cancel', { id })
    await concluded(qmp, target)
    await conclude(rooms, running, qmp, target)
  })
}

export async function setBlockJobSpeed(
  rooms: Rooms,
  reference: string,
  { disk: name, speedBytes }: { readonly disk: string; readonly speedBytes: number },
): Promise<void> {
  const running = await rooms.findActive(reference)
  const { target } = diskNamed(await rooms.live(running), name)
  await rooms.ask(running, async (qmp) => {
    const found = await jobOf(qmp, target)
    if (found === undefined)
      throw domainError(
        'ERR_INVALID_ARG',
        `disk ${quote(target)} does not have an active block job`,
      )
    await qmp.executeUnchecked('block-job-set-speed', { device: found.job.id, speed: speedBytes })
  })
}

export async function blockResize(
  rooms: Rooms,
  reference: string,
  { disk: name, sizeBytes }: { readonly disk: string; readonly sizeBytes: number },
): Promise<void> {
  const running = await rooms.findActive(reference)
  const disk = diskNamed(await rooms.live(running), name)
  await rooms.command(running, 'blockresize', async (qmp) => {
    const [top] = await diskChain(qmp, disk)
    if (top !== undefined && sizeBytes < top.sizeBytes)
      throw domainError(
        'ERR_INVALID_ARG',
        `a disk only grows here: ${quote(disk.target)} has ${top.sizeBytes} bytes`,
      )
    await qmp.executeUnchecked('block_resize', {
      'node-name': await topNode(qmp, disk),
      size: sizeBytes,
    })
  })
}
