import { isRecord } from '../qmp/shape.ts'
import type { DomainStateName } from '../hypervisor/hypervisor.ts'
import type { ProcessIdentity } from '../run/process-identity.ts'

/** What is stored of a domain, running or not. */
export interface DomainRow {
  readonly uuid: string
  readonly name: string
  /** The persistent definition; absent for a transient domain. */
  readonly xml?: string
  readonly arch: string
  readonly machine: string
  readonly virtType: string
  readonly title?: string
  readonly autostart: boolean
  readonly persistent: boolean
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export interface StoredState {
  readonly state: DomainStateName
  /** libvirt's reason in virsh's word. */
  readonly reason: string
  readonly stateAtMs: number
}

/** A running domain: where its QEMU is, and what it was started with. */
export interface ActiveRow extends StoredState {
  readonly uuid: string
  readonly id: number
  readonly process: ProcessIdentity
  /** The live definition. */
  readonly xml: string
  readonly argv: readonly string[]
  readonly stateDir: string
  readonly log: string
  readonly emulator: string
  /** Path of the QMP socket. */
  readonly monitor: string
  readonly startedAtMs: number
  readonly facts: RunFacts
}

/** What one run must remember beside its definition. */
export interface RunFacts {
  /** Why it is being ended, by whoever does: those who see it die first know then. */
  readonly ending?: { readonly reason: string; readonly by: ProcessIdentity }
  /** Its title, where that is not its definition's any more; empty where it has none. */
  readonly title?: string
  /** The control group that its QEMU is in. */
  readonly cgroup?: string
  /** Devices that the guest was asked to let go of and has not yet. */
  readonly unplugging?: readonly PendingUnplug[]
  /** Jobs on disks, by target: what they change when they end. */
  readonly blockJobs?: Readonly<Record<string, BlockJobFact>>
  /** The backup that QEMU makes now. */
  readonly backup?: BackupFact
  /** How the last one ended. */
  readonly lastBackup?: BackupResult
}

/** A backup that QEMU makes, whether anybody looks or not. */
export interface BackupFact {
  readonly mode: 'push' | 'pull'
  /** The `<domainbackup>`, as it came to be. */
  readonly xml: string
  readonly startedAtMs: number
  readonly disks: readonly BackupDisk[]
  /** The socket that disks are served on, where it is a file. */
  readonly socket?: string
}

/** One disk of a backup, and what is to go when it has ended. */
export interface BackupDisk {
  readonly target: string
  /** Where it is written to: the copy, or what the guest overwrites while the copy is served. */
  readonly file: string
  /** It was made for this backup: a scratch file goes, and a copy that is not whole. */
  readonly made: boolean
  /** Number of the nodes of that image. */
  readonly index: number
  /** Bitmap of what an incremental backup takes. */
  readonly bitmap?: string
}

export interface BackupResult {
  readonly startedAtMs: number
  readonly elapsedMs: number
  readonly processedBytes: number
  readonly totalBytes: number
  /** Why it is none. */
  readonly error?: string
}

/** A job that QEMU does on a disk, whether anybody looks or not. */
export interface BlockJobFact {
  readonly kind: 'pull' | 'copy' | 'commit' | 'active-commit'
  /** The image that was in use when it began. */
  readonly file: string
  /** Images that are not needed any more when it has ended. */
  readonly dropped: readonly string[]
  /** The image that the disk goes over to. */
  readonly to?: { readonly file: string; readonly format: string }
  /** Number of the nodes of that image. */
  readonly index?: number
  /** What is taken back where QEMU never came to begin it; not there any more once it has. */
  readonly unbegun?: UnbegunJob
}

/** What was changed for a job before QEMU was told of it. */
export interface UnbegunJob {
  /** The image that was made for it. */
  readonly made?: string
  /** Documents of snapshots, as they were. */
  readonly marked?: readonly { readonly name: string; readonly xml: string }[]
}

/** A device that goes when its guest lets go of it, and what QEMU is told then. */
export interface PendingUnplug {
  readonly alias: string
  readonly leftovers: readonly {
    readonly execute: string
    readonly arguments: Readonly<Record<string, unknown>>
  }[]
}

/** What somebody is doing, or was doing when they died. */
export interface JobRow {
  readonly uuid: string
  readonly kind: string
  readonly phase: string
  readonly owner: ProcessIdentity
  readonly startedAtMs: number
  /** Whatever a repair needs: plain JSON. */
  readonly detail: JobDetail
}

export type JobDetail = Readonly<Record<string, unknown>>

/** Everything about one domain, of one moment. */
export interface DomainRecord {
  readonly domain: DomainRow
  readonly active?: ActiveRow
  /** How it ended last; absent while active, and for a domain that never ran. */
  readonly lastState?: StoredState
  readonly job?: JobRow
}

/** How a run is, without its long texts: enough to look at it. */
export type ActiveGlance = Omit<ActiveRow, 'xml' | 'argv'>

/** What a list shows of one domain: of many, the documents are most of the memory. */
export interface DomainGlance extends Omit<DomainRecord, 'domain' | 'active'> {
  readonly domain: Omit<DomainRow, 'xml'>
  readonly active?: ActiveGlance
}

/** A row as SQLite gives it. */
export type SqlRow = Readonly<Record<string, unknown>>

/** Columns of `domains` that {@link glanceDomain} reads. */
export const domainGlance =
  'uuid, name, arch, machine, virt_type, title, autostart, created_at, updated_at, xml IS NOT NULL AS persistent'

/** Columns of `active` that {@link glanceActive} reads. */
export const activeGlance =
  'uuid, id, pid, start_time, boot_id, state_dir, log, emulator, monitor, started_at, state, reason, state_at, facts'

export function readDomain(row: SqlRow): DomainRow {
  const xml = row['xml'] as string | null
  const glance = glanceDomain({ ...row, persistent: xml === null ? 0 : 1 })
  return xml === null ? glance : { ...glance, xml }
}

export function glanceDomain(row: SqlRow): DomainGlance['domain'] {
  const title = row['title'] as string | null
  return {
    uuid: row['uuid'] as string,
    name: row['name'] as string,
    arch: row['arch'] as string,
    machine: row['machine'] as string,
    virtType: row['virt_type'] as string,
    ...(title === null ? {} : { title }),
    autostart: row['autostart'] === 1,
    persistent: row['persistent'] === 1,
    createdAtMs: row['created_at'] as number,
    updatedAtMs: row['updated_at'] as number,
  }
}

export function readState(row: SqlRow): StoredState {
  return {
    state: row['state'] as DomainStateName,
    reason: row['reason'] as string,
    stateAtMs: row['state_at'] as number,
  }
}

export function readActive(row: SqlRow): ActiveRow {
  return {
    ...glanceActive(row),
    xml: row['xml'] as string,
    argv: readJson(row['argv'], Array.isArray, []),
  }
}

export function glanceActive(row: SqlRow): ActiveGlance {
  return {
    uuid: row['uuid'] as string,
    id: row['id'] as number,
    process: readIdentity(row),
    stateDir: row['state_dir'] as string,
    log: row['log'] as string,
    emulator: row['emulator'] as string,
    monitor: row['monitor'] as string,
    startedAtMs: row['started_at'] as number,
    facts: readJson<RunFacts>(row['facts'], isRecord, {}),
    ...readState(row),
  }
}

export function readJob(row: SqlRow): JobRow {
  return {
    uuid: row['uuid'] as string,
    kind: row['kind'] as string,
    phase: row['phase'] as string,
    owner: readIdentity(row),
    startedAtMs: row['started_at'] as number,
    detail: readJson<JobDetail>(row['detail'], isRecord, {}),
  }
}

/**
 * JSON as it was written; something else where the record is damaged. The rest of it can still be told,
 * and a guest that runs be ended.
 */
export function readJson<T>(text: unknown, fits: (value: unknown) => boolean, otherwise: T): T {
  try {
    const value: unknown = JSON.parse(String(text))
    return fits(value) ? (value as T) : otherwise
  } catch {
    return otherwise
  }
}

function readIdentity(row: SqlRow): ProcessIdentity {
  return {
    pid: row['pid'] as number,
    startTime: row['start_time'] as number,
    bootId: row['boot_id'] as string,
  }
}
