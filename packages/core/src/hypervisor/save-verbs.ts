import type { SaveVerbs } from './interface/saving.ts'
import type { Rooms } from './rooms.ts'
import { managedSavePath } from './saving/managed-save-path.ts'

const managed = () => import('./saving/managed-save.ts')

/** Guests put away and taken up again; see interface/saving.ts. */
export function saveVerbs(rooms: Rooms): SaveVerbs {
  return {
    async domainSave(reference, file, options = {}) {
      const { saveDomain } = await import('./saving/save-domain.ts')
      return saveDomain(rooms, reference, { file, ...options })
    },
    async domainRestore(file, options = {}) {
      const { restoreDomain } = await import('./saving/restore-domain.ts')
      return restoreDomain(rooms, { file, ...options })
    },
    async domainSaveImageGetXml(file) {
      const { savedXml } = await managed()
      return savedXml(file)
    },
    async domainSaveImageDefineXml(file, xml, options = {}) {
      const { defineSavedXml } = await managed()
      return defineSavedXml(rooms, file, { xml, ...options })
    },
    async domainManagedSave(reference, options = {}) {
      const { managedSave } = await managed()
      return managedSave(rooms, reference, options)
    },
    async domainHasManagedSaveImage(reference) {
      const { existsSync } = await import('node:fs')
      const { domain } = await rooms.find(reference)
      return existsSync(managedSavePath(rooms.layout, domain.uuid))
    },
    async domainManagedSaveRemove(reference) {
      const { removeManagedSave } = await managed()
      return removeManagedSave(rooms, reference)
    },
    async domainManagedSaveGetXml(reference) {
      const { managedSaveOf, savedXml } = await managed()
      return savedXml(await managedSaveOf(rooms, reference))
    },
    async domainManagedSaveDefineXml(reference, xml, options = {}) {
      const { defineSavedXml, managedSaveOf } = await managed()
      return defineSavedXml(rooms, await managedSaveOf(rooms, reference), { xml, ...options })
    },
    async domainCoreDump(reference, file, options = {}) {
      const { coreDump } = await import('./saving/core-dump.ts')
      return coreDump(rooms, reference, { file, ...options })
    },
  }
}
