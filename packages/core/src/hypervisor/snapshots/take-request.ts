import type { Domain } from '../../domain/domain.ts'
import type { DomainRecord, Job } from '../../store/index.ts'
import type { SnapshotOptions } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { formatSnapshot } from './snapshot-document.ts'
import type { SnapshotDisk, SnapshotWish } from './snapshot-document.ts'
import type { Part } from './snapshot-parts.ts'

/** A snapshot that is to be taken, with everything settled. */
export interface TakeRequest {
  readonly name: string
  readonly parts: readonly Part[]
  readonly wish: SnapshotWish
  readonly domain: Domain
  readonly options: SnapshotOptions
  readonly job: Job
}

/** What is stored of it. */
export function documentOf(
  rooms: Rooms,
  { domain: row, active }: DomainRecord,
  { name, parts, wish }: TakeRequest,
): string {
  const kind = parts[0]?.kind
  const parent = rooms.store.snapshots(row.uuid).find(({ current }) => current)?.name
  const disks = parts.map(({ disk, file }): SnapshotDisk => ({
    name: disk.target,
    snapshot: kind ?? 'no',
    ...(kind === 'external' && { file }),
  }))
  return formatSnapshot({
    name,
    ...(wish.description !== undefined && { description: wish.description }),
    state: stateOf(active?.state, { kind, hasMemory: wish.memory?.file !== undefined }),
    ...(parent !== undefined && { parent }),
    createdAtMs: Date.now(),
    memory: active !== undefined && kind === 'internal' ? 'internal' : 'no',
    ...(wish.memory?.file !== undefined && { memory: 'external', memoryFile: wish.memory.file }),
    disks,
    domain: active?.xml ?? row.xml ?? '',
  })
}

function stateOf(
  state: string | undefined,
  { kind, hasMemory }: { readonly kind: string | undefined; readonly hasMemory: boolean },
): string {
  if (state === undefined) return 'shutoff'
  return kind === 'external' && !hasMemory ? 'disk-snapshot' : state
}
