import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Domain } from '../../domain/domain.ts'
import { DomainError, domainError, quote } from '../../errors.ts'
import { assignAliases } from '../../plan/assign-aliases.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { ImageOwner } from '../../store/index.ts'
import { formatDomain } from '../../xml/parse-domain.ts'
import { planning } from '../host-connection.ts'
import { diskNamed } from '../live/set-iotune.ts'
import { withMonitor } from '../monitor.ts'
import { rowOf } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { arrived } from '../saving/restore-domain.ts'
import type { ArrivalDetail } from './migration-detail.ts'
import type { DiskServer } from './mirror-disks.ts'
import type { MovedDisk } from './move-storage.ts'
import type { Offer } from './send-guest.ts'
import { arrivingDisks, closeServer, makeArrivals, serveDisks } from './serve-disks.ts'
import { addCredentials, resetSending, tlsId } from './tls-credentials.ts'
import type { TlsWish } from './tls-credentials.ts'

export interface ReceiveRequest {
  readonly xml: string
  readonly transport: 'unix' | 'tcp'
  readonly persistent: boolean
  /** Whose its images are when nobody uses them any more. */
  readonly owners: readonly ImageOwner[]
  /** It goes on here as soon as the source has let go of it. */
  readonly resume: boolean
  readonly tls: TlsWish | undefined
  /** Disks that come, too, and the paths that they have at the source. */
  readonly moved: readonly MovedDisk[]
  readonly sources: ReadonlyMap<string, string>
  /** Told where to send the guest; resolves when all of it has been sent. */
  send(offer: Offer): Promise<void>
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
  const arriving = arrivingDisks(plan.domain, request.moved, request.sources)
  const made = arriving.flatMap(({ file }) => (existsSync(file) ? [] : [file]))
  const detail: ArrivalDetail = {
    arrival: {
      resume: request.resume,
      owners: request.owners,
      made,
      ...(definition && { definition }),
    },
  }
  await rooms.withJob(row.uuid, 'migrate-in', async (job) => {
    if (store.get(row.uuid)?.active !== undefined)
      throw domainError(
        'ERR_OPERATION_INVALID',
        `domain ${quote(row.name, 200)} is already active there`,
      )
    store.setPhase(job, 'begin', { ...detail })
    store.defineTransient(row)
    let unsent: unknown
    const send = (offer: Offer): Promise<void> =>
      request.send(offer).catch((error: unknown) => {
        unsent = error
        throw error
      })
    try {
      await makeArrivals(arriving)
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
          feed: (qmp, stateDir) =>
            feed(qmp, stateDir, {
              ...request,
              send,
              domain: assignAliases(plan.domain, plan.context),
            }),
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
      // Of a guest that is here already its source decides, which ends it first.
      for (const file of made) await rm(file, { force: true })
      if (store.get(row.uuid)?.active === undefined && !store.forgetTransient(row.uuid))
        store.setLastState(row.uuid, 'shut off', 'failed')
      throw bothSides(unsent, error)
    }
  })
}

/** Where the source could not send, it knows why, or the destination does. */
function bothSides(unsent: unknown, error: unknown): unknown {
  if (!(unsent instanceof DomainError) || unsent === error) return error
  if (unsent.code === 'ERR_OPERATION_ABORTED' || !(error instanceof Error)) return unsent
  const [{ code, message }] = unsent.problems
  return domainError(code, `${message}; the destination says: ${error.message}`, { cause: unsent })
}

type Feed = ReceiveRequest & { readonly domain: Domain }

async function feed(
  qmp: QmpClient,
  stateDir: string,
  { transport, tls, moved, domain, send }: Feed,
): Promise<void> {
  const uri =
    transport === 'unix' ? `unix:${stateDir}/migrate.sock` : `tcp:127.0.0.1:${await freePort()}`
  if (tls !== undefined) {
    await addCredentials(qmp, tls, 'server')
    await qmp.executeUnchecked('migrate-set-parameters', { 'tls-creds': tlsId })
  }
  await qmp.executeUnchecked('migrate-incoming', { uri })
  if (moved.length === 0) {
    await send({ uri })
    await arrived(qmp)
  } else {
    const server: DiskServer =
      transport === 'unix'
        ? { type: 'unix', path: `${stateDir}/disks.sock` }
        : { type: 'inet', host: '127.0.0.1', port: String(await freePort()) }
    const disks = moved.map(({ target }) => diskNamed(domain, target))
    await serveDisks(qmp, disks, { server, isEncrypted: tls !== undefined })
    await send({ uri, server })
    await arrived(qmp)
    await closeServer(qmp, disks)
  }
  if (tls !== undefined) await resetSending(qmp)
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
