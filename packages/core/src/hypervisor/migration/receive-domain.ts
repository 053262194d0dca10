import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { ImageOwner } from '../../store/index.ts'
import { formatDomain } from '../../xml/parse-domain.ts'
import { planning } from '../host-connection.ts'
import { withMonitor } from '../monitor.ts'
import { rowOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { arrived } from '../saving/restore-domain.ts'
import type { ArrivalDetail } from './migration-detail.ts'

export interface ReceiveRequest {
  readonly xml: string
  readonly transport: 'unix' | 'tcp'
  readonly persistent: boolean
  /** Whose its images are when nobody uses them any more. */
  readonly owners: readonly ImageOwner[]
  /** It goes on here as soon as the source has let go of it. */
  readonly resume: boolean
  /** Told where to send the guest; resolves when all of it has been sent. */
  send(uri: string): Promise<void>
  /** All of it is here and recorded. Where this throws, it is the source's again. */
  handOver(): void
  /** It is this root's from now on, whatever fails afterwards. */
  taken(): void
  readonly signal?: AbortSignal
}

/**
 * The destination's half: a QEMU that waits for a guest, and is known to this root only when it has
 * it. Until then whoever comes after a dead process ends it. A rejection before `taken` leaves what
 * has arrived to the source to take back.
 */
export async function receiveDomain(rooms: Rooms, request: ReceiveRequest): Promise<void> {
  const { store } = rooms
  const plan = await rooms.plan(request.xml, { live: true })
  const row = rowOf(plan)
  const definition = request.persistent
    ? { ...row, xml: formatDomain((await rooms.plan(request.xml)).domain) }
    : undefined
  const detail: ArrivalDetail = {
    arrival: {
      resume: request.resume,
      owners: request.owners,
      ...(definition && { definition }),
    },
  }
  await rooms.withJob(row.uuid, 'migrate-in', async (job) => {
    if (store.get(row.uuid)?.active !== undefined)
      throw domainError(
        'ERR_OPERATION_INVALID',
        `domain ${quote(row.name, 200)} is already active there`,
      )
    store.defineTransient(row)
    try {
      const { startDomain } = await planning()
      const active = await startDomain({
        store,
        layout: rooms.layout,
        drivers: rooms.drivers,
        plan,
        job,
        options: { paused: true, ...(request.signal && { signal: request.signal }) },
        incoming: {
          reason: 'migrating',
          detail: { ...detail },
          feed: (qmp, stateDir) => feed(qmp, stateDir, request),
        },
      })
      if (definition !== undefined) store.define(definition)
      request.handOver()
      store.adoptImages(request.owners)
      if (request.resume) await withMonitor(active, row.name, (qmp) => qmp.execute('cont'))
      request.taken()
      if (request.resume) store.setState(active, 'running', 'migrated')
      else store.setState(active, 'paused', 'user')
    } catch (error) {
      if (store.get(row.uuid)?.active === undefined && !store.forgetTransient(row.uuid))
        store.setLastState(row.uuid, 'shut off', 'failed')
      throw error
    }
  })
}

async function feed(
  qmp: QmpClient,
  stateDir: string,
  { transport, send }: ReceiveRequest,
): Promise<void> {
  const uri =
    transport === 'unix' ? `unix:${stateDir}/migrate.sock` : `tcp:127.0.0.1:${await freePort()}`
  await qmp.executeUnchecked('migrate-incoming', { uri })
  await send(uri)
  await arrived(qmp)
}

/** A port of loopback that nobody listens on; QEMU says so where somebody was faster. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
