import { rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import { domainError, quote } from '../../errors.ts'
import { MonitorError } from '../../qmp/index.ts'
import { syncDir } from '../../run/private-dir.ts'
import type { Job } from '../../store/index.ts'
import type { SaveOptions } from '../interface/saving.ts'
import { findSettled } from '../live/find-settled.ts'
import { takeImagesBack } from '../migration/keep-guest.ts'
import { JobLeft } from '../job-left.ts'
import { refuseHostDevices } from '../pci/refuse-host-devices.ts'
import { runningOf } from '../records.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { refuseTransient } from '../transient-disks.ts'
import { checkDestination } from './check-destination.ts'
import { writeImage } from './write-image.ts'

export interface SaveRequest extends SaveOptions {
  readonly file: string
}

/** What a save records before it begins; see finish-job. */
export interface SaveDetail {
  readonly save: { readonly temporary: string; readonly file: string; readonly running: boolean }
}

/** Puts a guest away with its memory, and ends it. */
export async function saveDomain(
  rooms: Rooms,
  reference: string,
  request: SaveRequest,
): Promise<void> {
  const { file } = request
  if (!isAbsolute(file))
    throw domainError('ERR_INVALID_ARG', `${quote(file, 200)} is not an absolute path`)
  if (request.signal?.aborted === true)
    throw domainError('ERR_OPERATION_ABORTED', 'save: canceled by client')
  const running = runningOf(await findSettled(rooms, reference))
  const live = await rooms.live(running)
  refuseTransient(live, 'save')
  refuseHostDevices(live, 'save')
  await checkDestination(rooms, file)
  await rooms.withJob(running.domain.uuid, 'save', (job) => saveInto(rooms, running, job, request))
}

async function saveInto(
  rooms: Rooms,
  running: Running,
  job: Job,
  request: SaveRequest,
): Promise<void> {
  const { file } = request
  const { active } = running
  const wasRunning = active.state === 'running'
  const temporary = `${file}.${process.pid}.partial`
  const detail: SaveDetail = { save: { temporary, file, running: wasRunning } }
  rooms.store.setPhase(job, 'save', { ...detail })
  let written = temporary
  try {
    await writeImage(rooms, running, {
      ...request,
      kind: 'save',
      path: temporary,
      state: resumed(request, wasRunning),
    })
    rooms.store.setPhase(job, 'commit')
    await rename(temporary, file)
    written = file
    await syncDir(dirname(file))
  } catch (error) {
    // A guest that goes on leaves no state behind that it was in: its disks are others' then.
    try {
      // Nobody shall take what was there under this name before for this save.
      rooms.store.setPhase(job, 'back', { save: { ...detail.save, temporary: written } })
      await rm(written, { force: true })
      // One that has been silent for long is not waited for as long again.
      await goOn(rooms, running, {
        wasRunning,
        ...(error instanceof MonitorError && { timeoutMs: 2000 }),
      })
    } catch {
      throw new JobLeft('the next command sees to the guest', error)
    }
    throw error
  }
  await rooms.liveness.end(active, 'saved', { termMs: 2000 })
}

function resumed({ running, paused }: SaveOptions, wasRunning: boolean): 'running' | 'paused' {
  if (running === true) return 'running'
  return paused === true || !wasRunning ? 'paused' : 'running'
}

/** The guest is as it was before. */
async function goOn(
  rooms: Rooms,
  running: Running,
  { wasRunning, ...options }: { readonly wasRunning: boolean; readonly timeoutMs?: number },
): Promise<void> {
  if (!wasRunning) {
    await rooms.ask(running, takeImagesBack, options)
    rooms.store.setState(running.active, running.active.state, running.active.reason)
    return
  }
  await rooms.ask(running, (qmp) => qmp.execute('cont'), options)
  rooms.store.setState(running.active, 'running', 'save canceled')
}
