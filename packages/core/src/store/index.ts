export { openStore } from './open-store.ts'
export type { OpenStoreOptions, Store } from './open-store.ts'
export type { DeviceConflict, LentDevice, RememberedDriver } from './device-loans.ts'
export type { DomainDefinition } from './domains.ts'
export type {
  ActiveDocument,
  DocumentStore,
  DocumentWords,
  NewDocument,
  StoredDocument,
} from './documents.ts'
export type { Activation, DefinitionChange, RunReference } from './activity.ts'
export type { DocumentEvent } from './document-events.ts'
export type { EventSubject, StoredEvent } from './guest-events.ts'
export type { ImageOwner, ImageUse } from './images.ts'
export type { Job, Jobs } from './jobs.ts'
export type { CheckpointRow } from './checkpoints.ts'
export type { MomentRow, NewMoment } from './moments.ts'
export type { NewSnapshot, SnapshotRow } from './snapshots.ts'
export type {
  ActiveGlance,
  ActiveRow,
  BackupDisk,
  BackupFact,
  BackupResult,
  BlockJobFact,
  DomainGlance,
  DomainRecord,
  DomainRow,
  JobDetail,
  JobRow,
  PendingUnplug,
  RunFacts,
  StoredState,
  UnbegunJob,
} from './rows.ts'
