import { isAlive as processIsAlive, ownIdentity } from '../run/process-identity.ts'
import type { ProcessIdentity } from '../run/process-identity.ts'
import { openActivity } from './activity.ts'
import type { Activity } from './activity.ts'
import { openCheckpoints } from './checkpoints.ts'
import type { Checkpoints } from './checkpoints.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { openDeviceLoans } from './device-loans.ts'
import type { DeviceLoans } from './device-loans.ts'
import { openDocumentEvents } from './document-events.ts'
import type { DocumentEvents } from './document-events.ts'
import { openDocuments } from './documents.ts'
import type { DocumentStore, DocumentWords } from './documents.ts'
import { openDomains } from './domains.ts'
import type { Domains } from './domains.ts'
import { openGuestEvents } from './guest-events.ts'
import type { GuestEvents } from './guest-events.ts'
import { openImages } from './images.ts'
import type { Images } from './images.ts'
import { openJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import { openLeftovers } from './leftovers.ts'
import type { Leftovers } from './leftovers.ts'
import { openSnapshots } from './snapshots.ts'
import type { Snapshots } from './snapshots.ts'

export interface OpenStoreOptions {
  /** The database file; its directory is made, 0700. */
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Whose jobs these are: this process. */
  readonly owner?: ProcessIdentity
  readonly isAlive?: (identity: ProcessIdentity) => boolean
}

/**
 * What polyvirt knows, on disk. Any number of processes may have it open; each method is one
 * transaction, made whole or not at all, also by a process that is killed in the middle.
 *
 * Methods are synchronous and short. Reading waits for nobody.
 */
export interface Store
  extends
    Domains,
    Activity,
    Jobs,
    Snapshots,
    Checkpoints,
    Images,
    DeviceLoans,
    Leftovers,
    GuestEvents,
    DocumentEvents,
    Disposable {
  /** What a driver of the connection keeps, and who is changing it. */
  documents(words: DocumentWords): { readonly documents: DocumentStore; readonly jobs: Jobs }
  /** Changes whenever another process has changed something: cheap to ask again and again. */
  foreignChanges(): number
  close(): void
  /**
   * In place of closing, where the process is about to end: the journal stays as it is, as after a kill,
   * and serves the next process. To empty and remove it waits for the disk two times, to make it anew two
   * times more.
   */
  leave(): void
}

/** What is collected is closed, so what is left to the end of the process is held. */
const left = new Set<Database>()

export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { path, now = Date.now, owner = ownIdentity(), isAlive = processIsAlive } = options
  const database = await openDatabase(path)
  const close = (): void => database.close()
  return {
    ...openDomains(database, now),
    ...openActivity(database, { now, owner, isAlive }),
    ...openJobs(database, { now, owner, isAlive }),
    ...openSnapshots(database, now),
    ...openCheckpoints(database, now),
    ...openImages(database),
    ...openDeviceLoans(database, { owner, isAlive }),
    ...openLeftovers(database),
    ...openGuestEvents(database, now),
    ...openDocumentEvents(database),
    documents: (words) => ({
      documents: openDocuments(database, words, now),
      jobs: openJobs(
        database,
        { now, owner, isAlive },
        { jobs: 'document_jobs', held: 'documents', what: words.what },
      ),
    }),
    foreignChanges: () => Number(database.pragma('data_version')),
    close,
    leave: () => void left.add(database),
    [Symbol.dispose]: close,
  }
}
