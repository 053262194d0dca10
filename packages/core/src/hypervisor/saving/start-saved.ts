import { rm } from 'node:fs/promises'
import { DomainError, domainError, quote } from '../../errors.ts'
import type { Job } from '../../store/index.ts'
import type { CreateOptions } from '../hypervisor.ts'
import type { Plan } from '../planning.ts'
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

/**
 * Starts a domain from its managed save, which is gone once the guest runs. One that cannot be used is
 * kept: a guest never boots afresh where its memory was put away.
 */
export async function startSaved(
  rooms: Rooms,
  job: Job,
  { saved, start, options }: StartSaved,
): Promise<void> {
  try {
    const image = await readImage(saved)
    const { uuid, name } = image.header
    if (uuid !== job.uuid)
      throw domainError(
        'ERR_OPERATION_FAILED',
        `${quote(saved, 200)} is the saved guest of domain ${quote(name, 200)} (${uuid})`,
      )
    await start(job, () => rooms.plan(image.header.xml, { live: true }), {
      ...options,
      paused: options.paused === true || isPaused(image, {}),
      incoming: { ...incomingFrom(saved, image, {}), managedSave: saved },
    })
  } catch (error) {
    const [first] = error instanceof DomainError ? error.problems : []
    throw domainError(
      error instanceof DomainError ? error.code : 'ERR_OPERATION_FAILED',
      `${first?.message ?? String(error)}; the domain's managed save is kept: remove it (managedsave-remove), or start without it (--force-boot)`,
      { cause: error },
    )
  }
  await rm(saved, { force: true })
}
