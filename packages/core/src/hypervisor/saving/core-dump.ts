import { rename, rm } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { number, object, string } from '../../qmp/shape.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { makeFileForQemu, takeBackFile } from '../confinement/hand-over.ts'
import type { CoreDumpOptions } from '../interface/saving.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { checkDestination } from './check-destination.ts'

interface DumpStatus {
  readonly status: string
  readonly completed: number
  readonly total: number
}

const dumpStatus = object<DumpStatus>({ status: string, completed: number, total: number })

const pollMs = 100

/** What a dump records before it begins; see finish-dump. */
export interface DumpDetail {
  readonly dump: {
    readonly temporary: string
    readonly file: string
    readonly running: boolean
    /** What becomes of the guest once the dump is whole. */
    readonly afterwards: NonNullable<CoreDumpOptions['afterwards']>
  }
}

/** Has QEMU write the guest's memory as a core file, which has its name only when it is whole. */
export async function coreDump(
  rooms: Rooms,
  reference: string,
  { file, ...options }: CoreDumpOptions & { readonly file: string },
): Promise<void> {
  if (!isAbsolute(file))
    throw domainError('ERR_INVALID_ARG', `${quote(file, 200)} is not an absolute path`)
  const running = await rooms.findActive(reference)
  await checkDestination(rooms, file)
  const wasRunning = running.active.state === 'running'
  const temporary = `${file}.${process.pid}.partial`
  await rooms.withJob(running.domain.uuid, 'dump', async (job) => {
    const what = options.afterwards ?? 'resume'
    const detail: DumpDetail = { dump: { temporary, file, running: wasRunning, afterwards: what } }
    rooms.store.setPhase(job, 'dump', { ...detail })
    try {
      await write(rooms, running, { ...options, temporary })
      rooms.store.setPhase(job, 'commit')
      await rename(temporary, file)
    } catch (error) {
      try {
        await rm(temporary, { force: true })
      } finally {
        await rooms
          .ask(running, (qmp) => afterDump(qmp, wasRunning))
          .then(() => asBefore(rooms, running))
          .catch(() => goesOnLater(error))
      }
      throw error
    }
    await afterwards(rooms, running, { what, wasRunning })
  })
}

function asBefore({ store }: Rooms, { active }: Running): void {
  store.setState(active, active.state, active.reason)
}

/** A guest that was stopped for its dump shall run again, whoever does it. */
function goesOnLater(cause: unknown): never {
  throw new JobLeft('the next command lets the guest go on', cause)
}

async function write(
  rooms: Rooms,
  running: Running,
  { temporary, ...options }: CoreDumpOptions & { readonly temporary: string },
): Promise<void> {
  const { format, live } = options
  const confinement = rooms.layout.confinement ?? unconfined
  await makeFileForQemu(temporary, confinement)
  await rooms.ask(running, async (qmp) => {
    if (running.active.state === 'running' && live !== true) {
      await qmp.execute('stop')
      rooms.store.setState(running.active, 'paused', 'dumping')
    }
    await qmp.executeUnchecked('dump-guest-memory', {
      paging: false,
      protocol: `file:${temporary}`,
      detach: true,
      ...(format !== undefined && format !== 'elf' && { format }),
    })
  })
  await watch(rooms, running, options)
  await takeBackFile(temporary, confinement)
}

async function watch(
  rooms: Rooms,
  running: Running,
  { onProgress, signal }: CoreDumpOptions,
): Promise<void> {
  const start = performance.now()
  for (;;) {
    const now = await rooms.ask(running, (qmp) => qmp.ask('query-dump', dumpStatus))
    onProgress?.({
      kind: 'dump',
      processedBytes: now.completed,
      remainingBytes: now.total - now.completed,
      totalBytes: now.total,
      elapsedMs: performance.now() - start,
    })
    if (now.status === 'completed') return
    if (now.status === 'failed')
      throw domainError('ERR_OPERATION_FAILED', 'QEMU could not dump the guest')
    if (signal?.aborted === true)
      throw domainError('ERR_OPERATION_ABORTED', 'dump: canceled by client')
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}

/** How long a dump that nobody wants any more may go on, in milliseconds. */
const restMs = 60_000

/**
 * The guest is as it was before. QEMU has no way to stop a dump, and no guest goes on under one: it
 * is waited for, into a file that nobody sees any more.
 */
export async function afterDump(qmp: QmpClient, wasRunning: boolean): Promise<void> {
  const deadline = performance.now() + restMs
  while (
    (await qmp.ask('query-dump', dumpStatus)).status === 'active' &&
    performance.now() < deadline
  )
    await sleep(pollMs)
  if (wasRunning) await qmp.execute('cont')
}

async function afterwards(
  rooms: Rooms,
  running: Running,
  {
    what,
    wasRunning,
  }: { readonly what: DumpDetail['dump']['afterwards']; readonly wasRunning: boolean },
): Promise<void> {
  const { active } = running
  if (what === 'destroy') {
    await rooms.liveness.end(active, 'crashed', { termMs: 2000 })
    return
  }
  const goOn = rooms.ask(running, async (qmp) => {
    await letGo(qmp, { what, wasRunning })
    if (wasRunning) asBefore(rooms, running)
  })
  await goOn.catch(goesOnLater)
}

/** A guest whose dump is whole goes on, or starts again. */
export async function letGo(
  qmp: QmpClient,
  { what, wasRunning }: { readonly what: string; readonly wasRunning: boolean },
): Promise<void> {
  if (what === 'reset') await qmp.execute('system_reset')
  if (wasRunning || what === 'reset') await qmp.execute('cont')
}
