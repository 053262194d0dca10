import { DomainError, domainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { Domain } from '../../domain/domain.ts'
import type { DomainSummary, Hypervisor, MigrationVerdict } from '../hypervisor.ts'
import type { MigrateOptions } from '../interface/migration.ts'
import { findSettled } from '../live/find-settled.ts'
import { summaryOf } from '../records.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { checkSameGuest } from '../saving/same-guest.ts'
import { refuseTransient } from '../transient-disks.ts'
import { moveDefinition } from './move-definition.ts'
import { moveGuest } from './move-guest.ts'

/** The other side, in this process: its verbs, and the rooms behind them. */
export interface Destination {
  readonly hypervisor: Hypervisor
  readonly rooms: Rooms
}

export interface MigrateRequest extends MigrateOptions {
  readonly destination: Destination
}

/** @throws DomainError with everything that stands in the way, before anything begins. */
export async function judge(
  source: Hypervisor,
  { uuid, arch }: { readonly uuid: string; readonly arch: string },
  { hypervisor }: Destination,
): Promise<MigrationVerdict> {
  const xml = await source.domainGetXmlDesc(uuid, { securityInfo: true })
  const [verdict] = await source.connectCanMigrate(xml, [
    {
      name: hypervisor.uri,
      capabilities: await hypervisor.connectGetCapabilities(),
      domainCapabilities: await hypervisor.connectGetDomainCapabilities({ arch }),
    },
  ])
  if (verdict === undefined) throw domainError('ERR_INTERNAL_ERROR', 'no verdict')
  return verdict
}

/** Moves a guest; exactly one of the two runs, whatever happens. */
export async function migrateDomain(
  rooms: Rooms,
  source: Hypervisor,
  { reference, ...request }: MigrateRequest & { readonly reference: string },
): Promise<DomainSummary> {
  const { destination } = request
  const record = await findSettled(rooms, reference)
  const { active, domain } = record
  const snapshots = rooms.store.snapshots(domain.uuid).length
  if (snapshots > 0)
    throw domainError(
      'ERR_OPERATION_INVALID',
      `cannot migrate domain with ${snapshots} snapshots, which only this side knows (snapshot-delete --metadata forgets them)`,
    )
  if (active === undefined) {
    if (request.offline === true) return moveDefinition(rooms, domain.uuid, request)
    throw domainError(
      'ERR_OPERATION_INVALID',
      'domain is not running; use --offline for a definition',
    )
  }
  if (request.postcopy !== undefined && request.live !== true)
    throw domainError('ERR_INVALID_ARG', 'post-copy is for a guest that runs on meanwhile (live)')
  const running: Running = { ...record, active }
  const verdict = await judge(source, domain, destination)
  const [first, ...rest] = verdict.problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  const live = await rooms.live(running)
  refuseTransient(live, 'migration')
  if (request.unsafe !== true) checkSafe(live)
  if (request.xml !== undefined) {
    const planned = (xml: string) => rooms.plan(xml, { live: true })
    checkSameGuest(await planned(active.xml), await planned(request.xml))
  }
  await rooms.withJob(domain.uuid, 'migrate', (job) =>
    moveGuest(rooms, running, { job, live, request }),
  )
  return summaryOf(await destination.rooms.find(domain.uuid))
}

/** Caches of the host lie between two QEMUs unless they are told to have none. */
function checkSafe({ devices }: Domain): void {
  const problems = (devices.disk ?? []).flatMap((disk, i): Problem[] => {
    const harmless = disk.readonly === true || disk.source === undefined
    if (harmless || disk.cache !== 'unsafe') return []
    return [
      {
        code: 'ERR_MIGRATE_UNSAFE',
        path: `devices/disk[${i + 1}]/driver/@cache`,
        message: `Migration may lead to data corruption if disks use cache=unsafe; use --unsafe where that is no matter`,
      },
    ]
  })
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}
