import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, printable } from '../../errors.ts'
import type { BlockJobOptions } from '../interface/blocks.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { abortBlockJob, blockJobInfo } from './block-jobs.ts'
import { partDone } from './job-state.ts'

const pollMs = 200

/** Waits where that is asked for, and does with a job that is ready what is wanted. */
export async function followJob(
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
    onProgress?.(partDone(info.type, info, performance.now() - start))
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
