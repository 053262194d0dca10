import { createReadStream } from 'node:fs'
import { connect } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { planning } from '../host-connection.ts'
import type { DomainSummary } from '../hypervisor.ts'
import type { RestoreOptions } from '../interface/saving.ts'
import { rowOf, summaryOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { checkSameGuest } from './same-guest.ts'
import type { Incoming } from '../start-domain.ts'
import { readImage } from './save-image.ts'
import type { SavedGuest } from './save-image.ts'

/** Starts the guest of an image; the image stays. */
export async function restoreDomain(
  rooms: Rooms,
  { file, ...options }: RestoreOptions & { readonly file: string },
): Promise<DomainSummary> {
  const saved = await readImage(file)
  const plan = await rooms.plan(options.xml ?? saved.header.xml, { live: true })
  const { uuid } = plan.domain
  if (uuid !== saved.header.uuid)
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the definition is of ${uuid}, the saved guest of ${saved.header.uuid}`,
    )
  if (options.xml !== undefined)
    checkSameGuest(await rooms.plan(saved.header.xml, { live: true }), plan)
  const paused = isPaused(saved, options)
  await rooms.withJob(uuid, 'restore', async (job) => {
    if (rooms.store.get(uuid)?.active !== undefined)
      throw domainError(
        'ERR_OPERATION_INVALID',
        `domain ${quote(plan.domain.name, 200)} is already active`,
      )
    rooms.store.defineTransient(rowOf(plan))
    try {
      const { startDomain } = await planning()
      await startDomain({
        store: rooms.store,
        layout: rooms.layout,
        drivers: rooms.drivers,
        plan,
        job,
        options: { paused, ...(options.signal && { signal: options.signal }) },
        incoming: incomingFrom(file, saved, options),
      })
    } catch (error) {
      if (!rooms.store.forgetTransient(uuid)) rooms.store.setLastState(uuid, 'shut off', 'failed')
      throw error
    }
  })
  return summaryOf(await rooms.find(uuid))
}

export function isPaused({ header }: SavedGuest, { running, paused }: RestoreOptions): boolean {
  if (running === true) return false
  return paused === true || header.state === 'paused'
}

/** What a starting QEMU takes its guest from. */
export function incomingFrom(
  file: string,
  { header, streamStart }: SavedGuest,
  { onProgress, signal }: RestoreOptions,
): Incoming {
  return {
    reason: 'restored',
    async feed(qmp, stateDir) {
      const path = `${stateDir}/restore.sock`
      await qmp.executeUnchecked('migrate-incoming', { uri: `unix:${path}` })
      const total = header.streamBytes ?? 0
      const from = createReadStream(file, { start: streamStart, end: streamStart + total - 1 })
      const start = performance.now()
      let processedBytes = 0
      from.on('data', (chunk) => {
        processedBytes += chunk.length
        onProgress?.({
          kind: 'restore',
          processedBytes,
          remainingBytes: total - processedBytes,
          totalBytes: total,
          elapsedMs: performance.now() - start,
        })
      })
      const socket = connect(path)
      // A QEMU that cannot read the stream hangs up; why, it says itself.
      socket.on('error', () => undefined)
      try {
        await pipeline(from, socket, signal ? { signal } : {})
        await arrived(qmp)
      } finally {
        socket.destroy()
      }
    },
  }
}

/** How long QEMU may take over what it has received, in milliseconds. */
const arrivalMs = 60_000

/** Waits until the guest is there; a QEMU that cannot read the stream ends. */
export async function arrived(qmp: QmpClient, limitMs: number = arrivalMs): Promise<void> {
  const deadline = performance.now() + limitMs
  while ((await qmp.execute('query-status')).status === 'inmigrate') {
    if (performance.now() > deadline)
      throw domainError(
        'ERR_OPERATION_TIMEOUT',
        `the guest did not arrive within ${limitMs / 1000} s`,
      )
    await sleep(50)
  }
}
