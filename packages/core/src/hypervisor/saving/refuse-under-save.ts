import { existsSync } from 'node:fs'
import { domainError } from '../../errors.ts'
import type { Layout } from '../layout.ts'
import { managedSavePath } from './managed-save-path.ts'

/** @throws DomainError where a domain's memory was put away: it goes on with the images that it was on, and knows what they held. */
export function refuseUnderSave(layout: Layout, uuid: string): void {
  if (!existsSync(managedSavePath(layout, uuid))) return
  throw domainError(
    'ERR_OPERATION_INVALID',
    'the domain has a managed save, which goes on with its images as they are: start it first, or give the save up (managedsave-remove)',
  )
}
