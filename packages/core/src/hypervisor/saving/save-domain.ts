import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import { domainError, quote } from '../../errors.ts'
import type { Job } from '../../store/index.ts'
import type { SaveOptions } from '../interface/saving.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { unlimited, watchMigration } from './migration-status.ts'
import { beginImage, replaceHeader } from './save-image.ts'
import { receiveStream } from './stream-to-file.ts'

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
  const running = await rooms.findActive(reference)
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
  try {
    await writeImage(rooms, running, { ...request, temporary, wasRunning })
    rooms.store.setPhase(job, 'commit')
    await rename(temporary, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(temporary, { force: true })
    await goOn(rooms, running, wasRunning)
    throw error
  }
  await rooms.liveness.end(active, 'saved', { termMs: 2000 })
}

interface WriteRequest extends SaveRequest {
  readonly temporary: string
  readonly wasRunning: boolean
}

async function writeImage(rooms: Rooms, running: Running, request: WriteRequest): Promise<void> {
  const { active, domain } = running
  const { temporary, wasRunning, signal, onProgress } = request
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  await using file = await open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  await file.chmod(0o600)
  const state = resumed(request, wasRunning)
  const start = await beginImage(file, {
    uuid: domain.uuid,
    name: domain.name,
    xml: request.xml ?? active.xml,
    state,
    savedAtMs: Date.now(),
  })
  const socketPath = `${active.stateDir}/save.sock`
  const owner = rooms.layout.confinement?.user
  await using receiver = await receiveStream({ path: socketPath, owner }, file, start)
  await rooms.ask(running, async (qmp) => {
    if (wasRunning) await qmp.execute('stop')
    rooms.store.setState(active, 'paused', 'saving')
    await qmp.executeUnchecked('migrate-set-parameters', unlimited)
    await qmp.executeUnchecked('migrate', { uri: `unix:${socketPath}` })
  })
  await watchMigration(rooms, running, {
    kind: 'save',
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  })
  const streamBytes = await receiver.done
  await file.sync()
  await replaceHeader(file, (header) => ({ ...header, streamBytes }), temporary)
}

function resumed({ running, paused }: SaveOptions, wasRunning: boolean): 'running' | 'paused' {
  if (running === true) return 'running'
  return paused === true || !wasRunning ? 'paused' : 'running'
}

/** The guest is as it was before. */
async function goOn(rooms: Rooms, running: Running, wasRunning: boolean): Promise<void> {
  if (!wasRunning) {
    rooms.store.setState(running.active, running.active.state, running.active.reason)
    return
  }
  await rooms.ask(running, (qmp) => qmp.execute('cont'))
  rooms.store.setState(running.active, 'running', 'save canceled')
}

export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  await folder.sync()
}
