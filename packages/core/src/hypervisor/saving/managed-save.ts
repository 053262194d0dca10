import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { domainError } from '../../errors.ts'
import { makePrivateDir } from '../../run/index.ts'
import type { ResumeState, SaveOptions } from '../interface/saving.ts'
import type { Rooms } from '../rooms.ts'
import { checkSameGuest } from './same-guest.ts'
import { managedSavePath } from './managed-save-path.ts'
import { openImage, readImage, replaceHeader } from './save-image.ts'
import { saveDomain } from './save-domain.ts'

export async function managedSave(
  rooms: Rooms,
  reference: string,
  options: SaveOptions,
): Promise<void> {
  const { domain } = await rooms.findActive(reference)
  if (!domain.persistent)
    throw domainError('ERR_OPERATION_INVALID', 'cannot do managed save for transient domain')
  await makePrivateDir(`${rooms.layout.libDir}/save`)
  return saveDomain(rooms, domain.uuid, {
    ...options,
    file: managedSavePath(rooms.layout, domain.uuid),
  })
}

/** The file of a domain that has one. */
export async function managedSaveOf(rooms: Rooms, reference: string): Promise<string> {
  const { domain } = await rooms.find(reference)
  const file = managedSavePath(rooms.layout, domain.uuid)
  if (existsSync(file)) return file
  throw domainError('ERR_OPERATION_INVALID', 'domain does not have managed save image')
}

export async function removeManagedSave(rooms: Rooms, reference: string): Promise<void> {
  const { domain } = await rooms.find(reference)
  await rooms.withJob(domain.uuid, 'managedsave-remove', async () => {
    await rm(managedSavePath(rooms.layout, domain.uuid), { force: true })
  })
}

export async function savedXml(file: string): Promise<string> {
  return (await readImage(file)).header.xml
}

/** Another definition for a saved guest: planned first, so that it can be started. */
export async function defineSavedXml(
  rooms: Rooms,
  file: string,
  { xml, running, paused }: ResumeState & { readonly xml: string },
): Promise<void> {
  const { header } = await readImage(file)
  const plan = await rooms.plan(xml, { live: true })
  const { domain } = plan
  if (domain.uuid !== header.uuid || domain.name !== header.name) {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      'the name and the UUID of a saved guest cannot be changed',
    )
  }
  checkSameGuest(await rooms.plan(header.xml, { live: true }), plan)
  await using handle = await openImage(file, 'write')
  await replaceHeader(
    handle,
    (before) => ({
      ...before,
      xml,
      ...(running === true && { state: 'running' as const }),
      ...(paused === true && { state: 'paused' as const }),
    }),
    file,
  )
}
