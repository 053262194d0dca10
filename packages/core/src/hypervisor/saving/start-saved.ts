import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DomainError, domainError, quote } from '../../errors.ts'
import { syncDir } from '../../run/private-dir.ts'
import type { Job } from '../../store/index.ts'
import type { CreateOptions } from '../hypervisor.ts'
import { JobLeft } from '../job-left.ts'
import { askOrLeave } from '../live/ask-to-finish.ts'
import type { Plan } from '../planning.ts'
import { runningOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { Incoming } from '../start-domain.ts'
import { incomingFrom, isPaused } from './restore-domain.ts'
import { readImage } from './save-image.ts'

export interface StartSaved {
  readonly saved: string
  readonly options: CreateOptions
  start(
    job: Job,
    plan: () => Promise<Plan>,
    options: CreateOptions & { readonly incoming?: Incoming },
  ): Promise<void>
}

/** What a start from a managed save records beside what every start does. */
export interface SavedDetail {
  /** The file. */
  readonly managedSave?: string
  /** The guest goes on once the file is gone. */
  readonly resume?: boolean
}

/**
 * Starts a domain from its managed save, which is gone before the guest runs: it would be memory of another time than
 * its disks from then on. One that cannot be used is kept: a guest never boots afresh where its memory was put away.
 */
export async function startSaved(
  rooms: Rooms,
  job: Job,
  { saved, start, options }: StartSaved,
): Promise<void> {
  let resume = options.paused !== true
  try {
    const image = await readImage(saved)
    const { uuid, name } = image.header
    if (uuid !== job.uuid)
      throw domainError(
        'ERR_OPERATION_FAILED',
        `${quote(saved, 200)} is the saved guest of domain ${quote(name, 200)} (${uuid})`,
      )
    resume &&= !isPaused(image, {})
    const detail: SavedDetail = { resume }
    await start(job, () => rooms.plan(image.header.xml, { live: true }), {
      ...options,
      // It waits, whatever comes of it, until its memory is here and nowhere else.
      paused: true,
      incoming: { ...incomingFrom(saved, image, {}), managedSave: saved, detail: { ...detail } },
    })
  } catch (error) {
    const [first] = error instanceof DomainError ? error.problems : []
    throw domainError(
      error instanceof DomainError ? error.code : 'ERR_OPERATION_FAILED',
      `${first?.message ?? String(error)}; the domain's managed save is kept: remove it (managedsave-remove), or start without it (--force-boot)`,
      { cause: error },
    )
  }
  const left = (cause: unknown): never => {
    throw new JobLeft('the guest is there, and the next command lets it go on', cause)
  }
  await giveUpSave(saved).catch(left)
  if (!resume) return
  const running = runningOf(rooms.store.get(job.uuid) ?? (await rooms.find(job.uuid)))
  await askOrLeave(rooms, running, (qmp) => qmp.execute('cont')).catch(left)
  rooms.store.setState(running.active, 'running', 'restored')
}

/** Also after a power cut: its disks may keep what the guest writes right behind it. */
export async function giveUpSave(file: string): Promise<void> {
  await rm(file, { force: true })
  await syncDir(dirname(file))
}
