import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { LongWorkOptions } from '../interface/saving.ts'
import { resetSending } from '../migration/tls-credentials.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { beginSending, unlimited, watchMigration } from './migration-status.ts'
import { beginImage, replaceHeader } from './save-image.ts'
import { losesPages } from './lost-pages.ts'
import { receiveStream, streamSocket } from './stream-to-file.ts'
import { warnOfLosses } from './warn-of-losses.ts'

export interface WriteRequest extends LongWorkOptions {
  /** `save`, `snapshot`: what it is for. */
  readonly kind: string
  /** The file, which must not be there. */
  readonly path: string
  /** The definition that the guest is started with; the one it has where missing. */
  readonly xml?: string
  readonly state: 'running' | 'paused'
  /** The guest runs on until all of it but a rest has been written. */
  readonly live?: boolean
}

/** Writes a guest with its memory into a file. Afterwards it stands still, and has let go of its images. */
export async function writeImage(
  rooms: Rooms,
  running: Running,
  request: WriteRequest,
): Promise<void> {
  const { active, domain } = running
  const { kind, path, state, live, signal, onProgress } = request
  await warnOfLosses(rooms, running, request)
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  await using file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  await file.chmod(0o600)
  const start = await beginImage(file, {
    uuid: domain.uuid,
    name: domain.name,
    xml: request.xml ?? active.xml,
    state,
    savedAtMs: Date.now(),
  })
  const socketPath = streamSocket(active.stateDir)
  const owner = rooms.layout.confinement?.user
  await using receiver = await receiveStream({ path: socketPath, owner }, file, start)
  const sent = live === true ? await rooms.live(running) : undefined
  await rooms.ask(running, async (qmp) => {
    const lost = sent && losesPages(sent, qmp.version)
    if (active.state === 'running' && lost !== undefined) request.onWarning?.(lost)
    if (live !== true || lost !== undefined) {
      if (active.state === 'running') await qmp.execute('stop')
      rooms.store.setState(active, 'paused', kind === 'save' ? 'saving' : 'snapshot')
    }
    await resetSending(qmp)
    await qmp.executeUnchecked('migrate-set-parameters', unlimited)
    await beginSending(qmp, `unix:${socketPath}`)
  })
  await watchMigration(rooms, running, {
    kind,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  })
  const streamBytes = await receiver.done
  await file.sync()
  await replaceHeader(file, (header) => ({ ...header, streamBytes }), path)
}
