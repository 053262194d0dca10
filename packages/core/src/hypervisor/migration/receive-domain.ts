import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { ActiveRow } from '../../store/index.ts'
import { formatDomain } from '../../xml/parse-domain.ts'
import { planning } from '../host-connection.ts'
import { rowOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { arrived } from '../saving/restore-domain.ts'

export interface ReceiveRequest {
  readonly xml: string
  readonly transport: 'unix' | 'tcp'
  readonly persistent: boolean
  /** Told where to send the guest; resolves when all of it has been sent. */
  send(uri: string): Promise<void>
  readonly signal?: AbortSignal
}

/**
 * The destination's half: a QEMU that waits for a guest, and is known to this root only when it has
 * it. Until then whoever comes after a dead process ends it.
 *
 * @returns the run, paused: the source says when it may go on.
 */
export async function receiveDomain(rooms: Rooms, request: ReceiveRequest): Promise<ActiveRow> {
  const plan = await rooms.plan(request.xml, { live: true })
  const row = rowOf(plan)
  return rooms.withJob(row.uuid, 'migrate-in', async (job) => {
    if (rooms.store.get(row.uuid)?.active !== undefined)
      throw domainError(
        'ERR_OPERATION_INVALID',
        `domain ${quote(row.name, 200)} is already active there`,
      )
    if (request.persistent) {
      const stored = await rooms.plan(request.xml)
      rooms.store.define({ ...row, xml: formatDomain(stored.domain) })
    } else rooms.store.defineTransient(row)
    try {
      const { startDomain } = await planning()
      return await startDomain({
        store: rooms.store,
        layout: rooms.layout,
        drivers: rooms.drivers,
        plan,
        job,
        options: { paused: true, ...(request.signal && { signal: request.signal }) },
        incoming: {
          reason: 'migrated',
          feed: (qmp, stateDir) => feed(qmp, stateDir, request),
        },
      })
    } catch (error) {
      if (!rooms.store.forgetTransient(row.uuid))
        rooms.store.setLastState(row.uuid, 'shut off', 'failed')
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
