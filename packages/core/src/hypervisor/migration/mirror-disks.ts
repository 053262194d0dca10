import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, printable, quote } from '../../errors.ts'
import type { Domain } from '../../domain/domain.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { bytesOf, partDone, queryJobs } from '../blocks/job-state.ts'
import type { QemuJob } from '../blocks/job-state.ts'
import type { MigrateOptions } from '../interface/migration.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { mirrorId, mirrorNode } from './move-storage.ts'
import { tlsId } from './tls-credentials.ts'
import type { TlsWish } from './tls-credentials.ts'

/** Where the destination takes disks: QAPI's `SocketAddress`. */
export type DiskServer =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'inet'; readonly host: string; readonly port: string }

export interface MirrorRequest extends Omit<MigrateOptions, 'live'> {
  readonly live: Domain
  readonly targets: readonly string[]
  readonly server: DiskServer
  readonly wish: TlsWish | undefined
}

const pollMs = 200

/** Begins to mirror disks to the destination, and waits until each is there but for what is written. */
export async function mirrorDisks(
  rooms: Rooms,
  running: Running,
  request: MirrorRequest,
): Promise<void> {
  const { live, targets, server, wish, copyStorage, bandwidthBytes, signal, onProgress } = request
  await rooms.ask(running, async (qmp) => {
    for (const target of targets) {
      await qmp.execute('blockdev-add', {
        driver: 'nbd',
        'node-name': mirrorNode(target),
        server,
        export: target,
        ...(wish && { 'tls-creds': tlsId, 'tls-hostname': wish.hostname }),
      })
      await qmp.executeUnchecked('blockdev-mirror', {
        'job-id': mirrorId(target),
        device: await topNode(qmp, diskNamed(live, target)),
        target: mirrorNode(target),
        sync: copyStorage === 'inc' ? 'top' : 'full',
        'auto-dismiss': false,
        ...(bandwidthBytes !== undefined && { speed: bandwidthBytes }),
      })
    }
  })
  const start = performance.now()
  for (;;) {
    const jobs = await rooms.ask(running, (qmp) => mirrors(qmp, targets))
    onProgress?.(partDone('migrate', bytesOf(jobs), performance.now() - start))
    checkMirrors(jobs)
    if (jobs.every(({ status }) => status === 'ready')) return
    if (signal?.aborted === true)
      throw domainError('ERR_OPERATION_ABORTED', 'migrate: canceled by client')
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}

async function mirrors(qmp: QmpClient, targets: readonly string[]): Promise<readonly QemuJob[]> {
  const own = new Set(targets.map(mirrorId))
  return (await queryJobs(qmp)).filter(({ id }) => own.has(id))
}

function checkMirrors(jobs: readonly QemuJob[]): void {
  const failed = jobs.find(({ error, status }) => error !== undefined || status === 'concluded')
  if (failed === undefined) return
  throw domainError(
    'ERR_OPERATION_FAILED',
    `migration of disk ${quote(failed.id.replace(mirrorId(''), ''))} failed: ${printable(failed.error ?? 'it was given up')}`,
  )
}

/** How long the rest of what was written may take, in milliseconds. */
const restMs = 60_000

/** The guest stands still: what it wrote last goes over, and its disks are whole there. */
export async function finishMirrors(qmp: QmpClient, targets: readonly string[]): Promise<void> {
  // A mirror that is ready ends, whole, by being cancelled; completed it would be gone over to.
  for (const target of targets)
    await qmp.executeUnchecked('block-job-cancel', { device: mirrorId(target) })
  const deadline = performance.now() + restMs
  for (;;) {
    const jobs = await mirrors(qmp, targets)
    const failed = jobs.find(({ error }) => error !== undefined)
    if (failed !== undefined) checkMirrors([failed])
    if (jobs.every(({ status }) => status === 'concluded')) break
    if (performance.now() > deadline)
      throw domainError(
        'ERR_OPERATION_TIMEOUT',
        `the disks did not come to their end within ${restMs / 1000} s`,
      )
    await sleep(20)
  }
  await closeMirrors(qmp, targets)
}

/** Ends mirrors that are not wanted any more; what is gone is fine. */
export async function dropMirrors(qmp: QmpClient, xml: string): Promise<void> {
  const targets = (parseDomain(xml).domain.devices.disk ?? []).map(({ target }) => target)
  const jobs = await mirrors(qmp, targets)
  for (const { id } of jobs)
    await qmp
      .executeUnchecked('block-job-cancel', { device: id, force: true })
      .catch(() => undefined)
  const deadline = performance.now() + restMs
  while ((await mirrors(qmp, targets)).some(({ status }) => status !== 'concluded')) {
    if (performance.now() > deadline) break
    await sleep(20)
  }
  const mirrored = targets.filter((target) => jobs.some(({ id }) => id === mirrorId(target)))
  await closeMirrors(qmp, mirrored.length > 0 ? mirrored : targets)
}

async function closeMirrors(qmp: QmpClient, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    await qmp.executeUnchecked('job-dismiss', { id: mirrorId(target) }).catch(() => undefined)
    await qmp.execute('blockdev-del', { 'node-name': mirrorNode(target) }).catch(() => undefined)
  }
}
