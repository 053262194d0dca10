import { domainError } from '../errors.ts'
import type { SnapshotVerbs } from './interface/snapshots.ts'
import type { Rooms } from './rooms.ts'

const documents = () => import('./snapshots/snapshot-document.ts')

/** States that a domain can go back to; see interface/snapshots.ts. */
export function snapshotVerbs(rooms: Rooms): SnapshotVerbs {
  const { store } = rooms
  const uuidOf = async (reference: string): Promise<string> =>
    (await rooms.find(reference)).domain.uuid
  return {
    async domainSnapshotCreateXml(reference, xml = '<domainsnapshot/>', options = {}) {
      const { createSnapshot } = await import('./snapshots/create-snapshot.ts')
      return createSnapshot(rooms, reference, { xml, ...options })
    },
    async domainListAllSnapshots(reference) {
      const { summaryOfSnapshot } = await documents()
      return store.snapshots(await uuidOf(reference)).map(summaryOfSnapshot)
    },
    async domainSnapshotLookup(reference, name) {
      const { summaryOfSnapshot } = await documents()
      return summaryOfSnapshot(store.snapshot(await uuidOf(reference), name))
    },
    async domainSnapshotCurrent(reference) {
      const { summaryOfSnapshot } = await documents()
      const found = store.snapshots(await uuidOf(reference)).find(({ current }) => current)
      if (found !== undefined) return summaryOfSnapshot(found)
      throw domainError('ERR_NO_DOMAIN_SNAPSHOT', 'the domain does not have a current snapshot')
    },
    async domainSnapshotGetXmlDesc(reference, name) {
      return store.snapshot(await uuidOf(reference), name).xml
    },
    async domainRevertToSnapshot(reference, name, options = {}) {
      const { revertSnapshot } = await import('./snapshots/revert-snapshot.ts')
      return revertSnapshot(rooms, reference, { name, ...options })
    },
    async domainSnapshotDelete(reference, name, options = {}) {
      const { deleteSnapshot } = await import('./snapshots/delete-snapshot.ts')
      return deleteSnapshot(rooms, reference, { name, ...options })
    },
  }
}
