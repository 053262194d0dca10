import { DomainError, domainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { Domain } from '../../domain/domain.ts'
import type { Job } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import type { DomainSummary, Hypervisor, MigrationVerdict } from '../hypervisor.ts'
import type { MigrateOptions } from '../interface/migration.ts'
import { summaryOf } from '../records.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { unlimited, watchMigration } from '../saving/migration-status.ts'
import { checkSameGuest } from '../saving/same-guest.ts'
import { receiveDomain } from './receive-domain.ts'

/** The other side, in this process: its verbs, and the rooms behind them. */
export interface Destination {
  readonly hypervisor: Hypervisor
  readonly rooms: Rooms
}

export interface MigrateRequest extends MigrateOptions {
  readonly destination: Destination
}

/** What the source records; see finish-migration. */
export interface MigrationDetail {
  readonly migrate: { readonly destination: string; readonly running: boolean }
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
  const record = await rooms.find(reference)
  const { active, domain } = record
  if (active === undefined) {
    if (request.offline === true) return moveDefinition(rooms, domain.uuid, request)
    throw domainError(
      'ERR_OPERATION_INVALID',
      'domain is not running; use --offline for a definition',
    )
  }
  const running: Running = { ...record, active }
  const verdict = await judge(source, domain, destination)
  const [first, ...rest] = verdict.problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  const live = await rooms.live(running)
  if (request.unsafe !== true) checkSafe(live)
  if (request.xml !== undefined) {
    const planned = (xml: string) => rooms.plan(xml, { live: true })
    checkSameGuest(await planned(active.xml), await planned(request.xml))
  }
  return rooms.withJob(domain.uuid, 'migrate', (job) =>
    move(rooms, running, { job, live, request }),
  )
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

interface Move {
  readonly job: Job
  readonly live: Domain
  readonly request: MigrateRequest
}

async function move(
  rooms: Rooms,
  running: Running,
  { job, live, request }: Move,
): Promise<DomainSummary> {
  const { active, domain } = running
  const { destination, signal } = request
  const wasRunning = active.state === 'running'
  const detail: MigrationDetail = {
    migrate: { destination: destination.rooms.layout.libDir, running: wasRunning },
  }
  rooms.store.setPhase(job, 'perform', { ...detail })
  const named = request.name === undefined ? live : { ...live, name: request.name }
  try {
    const arrivedRun = await receiveDomain(destination.rooms, {
      xml: request.xml ?? formatDomain(named),
      transport: request.transport ?? 'unix',
      persistent: request.persistent === true,
      ...(signal && { signal }),
      send: (uri) => send(rooms, running, { uri, request }),
    })
    // The destination knows its run now: whoever comes after us finds there that it has arrived.
    rooms.store.setPhase(job, 'handover')
    const arrivedRecord = {
      ...(await recordOf(destination.rooms, domain.uuid)),
      active: arrivedRun,
    }
    if (wasRunning && request.suspend !== true) {
      await destination.rooms.ask(arrivedRecord, (qmp) => qmp.execute('cont'))
      destination.rooms.store.setState(arrivedRun, 'running', 'migrated')
    }
  } catch (error) {
    await takeBack(rooms, running, { destination, wasRunning })
    throw error
  }
  await rooms.liveness.end(active, 'migrated', { termMs: 2000 })
  if (request.undefineSource === true && domain.persistent) rooms.store.undefine(domain.uuid)
  return summaryOf(await destination.rooms.find(domain.uuid))
}

async function recordOf(rooms: Rooms, uuid: string) {
  const record = rooms.store.get(uuid)
  if (record === undefined) throw domainError('ERR_INTERNAL_ERROR', `${uuid} has not arrived`)
  return record
}

async function send(
  rooms: Rooms,
  running: Running,
  { uri, request }: { readonly uri: string; readonly request: MigrateRequest },
): Promise<void> {
  const { live, bandwidthBytes, downtimeMs, signal, onProgress } = request
  await rooms.ask(running, async (qmp) => {
    if (live !== true && running.active.state === 'running') await qmp.execute('stop')
    await qmp.executeUnchecked('migrate-set-parameters', {
      ...(bandwidthBytes === undefined ? unlimited : { 'max-bandwidth': bandwidthBytes }),
      ...(downtimeMs !== undefined && { 'downtime-limit': downtimeMs }),
    })
    await qmp.executeUnchecked('migrate', { uri })
  })
  await watchMigration(rooms, running, {
    kind: 'migrate',
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  })
}

interface TakeBack {
  readonly destination: Destination
  readonly wasRunning: boolean
}

/** The guest goes on here, and what has arrived there is ended first. */
async function takeBack(
  rooms: Rooms,
  running: Running,
  { destination, wasRunning }: TakeBack,
): Promise<void> {
  const other = destination.rooms.store.get(running.domain.uuid)?.active
  if (other !== undefined) {
    await destination.rooms.liveness.end(other, 'failed', { termMs: 2000 })
  }
  const { cancelMigration } = await import('../saving/migration-status.ts')
  await rooms.ask(running, async (qmp) => {
    await cancelMigration(qmp)
    if (wasRunning) await qmp.execute('cont')
  })
  rooms.store.setState(running.active, running.active.state, running.active.reason)
}

/** A domain that is shut off moves as its definition; its images stay where they are. */
async function moveDefinition(
  rooms: Rooms,
  uuid: string,
  { destination, name, xml, undefineSource }: MigrateRequest,
): Promise<DomainSummary> {
  const stored = rooms.store.get(uuid)?.domain.xml
  if (stored === undefined)
    throw domainError('ERR_OPERATION_INVALID', 'cannot migrate a domain without a definition')
  const { domain } = parseDomain(xml ?? stored)
  const result = await destination.hypervisor.domainDefineXml(
    formatDomain(name === undefined ? domain : { ...domain, name }),
  )
  if (undefineSource === true)
    await rooms.withJob(uuid, 'undefine', async () => rooms.store.undefine(uuid))
  return result.domain
}
