import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Domain } from '../../domain/domain.ts'
import { DomainError, domainError, quote } from '../../errors.ts'
import { assignAliases } from '../../plan/assign-aliases.ts'
import { QmpError } from '../../qmp/index.ts'
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
  /** It may go on here before all of its memory has come. */
  readonly isPostCopy: boolean
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
    let isTaken = false
    const send = (offer: Offer): Promise<void> =>
      request.send(offer).catch((error: unknown) => {
        unsent = error
        throw error
      })
    try {
      await makeArrivals(arriving)
      let rest: Rest = { arrive: async () => undefined, sent: Promise.resolve() }
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
          async feed(qmp, stateDir) {
            const domain = assignAliases(plan.domain, plan.context)
            rest = await feed(qmp, stateDir, { ...request, send, domain })
          },
        },
      })
      if (definition !== undefined) store.define(definition)
      request.handOver()
      store.adoptImages(request.owners)
      await withMonitor(active, row.name, rest.arrive, { timeoutMs: arrivalMs })
      if (request.resume) await withMonitor(active, row.name, (qmp) => qmp.execute('cont'))
      request.taken()
      isTaken = true
      if (request.resume) store.setState(active, 'running', 'migrated')
      else store.setState(active, 'paused', 'user')
      await rest.sent
    } catch (error) {
      // Of a guest that is here already its source decides, which ends it first.
      if (!isTaken) for (const file of made) await rm(file, { force: true })
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

/** How long QEMU may take over the last of a guest, in milliseconds. */
const arrivalMs = 60_000

type Feed = ReceiveRequest & { readonly domain: Domain }

/** What is left to come once a guest may be recorded. */
interface Rest {
  /** Until it may go on. */
  arrive(qmp: QmpClient): Promise<void>
  /** Until the source has nothing of it any more. */
  readonly sent: Promise<void>
}

async function feed(qmp: QmpClient, stateDir: string, request: Feed): Promise<Rest> {
  const { transport, tls, moved, domain } = request
  const uri =
    transport === 'unix' ? `unix:${stateDir}/migrate.sock` : `tcp:127.0.0.1:${await freePort()}`
  if (tls !== undefined) {
    await addCredentials(qmp, tls, 'server')
    await qmp.executeUnchecked('migrate-set-parameters', { 'tls-creds': tlsId })
  }
  if (request.isPostCopy) await allowPostCopy(qmp)
  await qmp.executeUnchecked('migrate-incoming', { uri })
  const server: DiskServer =
    transport === 'unix'
      ? { type: 'unix', path: `${stateDir}/disks.sock` }
      : { type: 'inet', host: '127.0.0.1', port: String(await freePort()) }
  const disks = moved.map(({ target }) => diskNamed(domain, target))
  const hasDisks = disks.length > 0
  if (hasDisks) await serveDisks(qmp, disks, { server, isEncrypted: tls !== undefined })
  const offer = { uri, ...(hasDisks && { server }) }
  const arrive = async (one: QmpClient): Promise<void> => {
    await arrived(one)
    if (hasDisks) await closeServer(one, disks)
  }
  if (request.isPostCopy) return standStill(request, offer, arrive)
  await request.send(offer)
  await arrive(qmp)
  await resetSending(qmp)
  return { arrive: async () => undefined, sent: Promise.resolve() }
}

/** @throws DomainError where QEMU may not be told of pages that are missing. */
async function allowPostCopy(qmp: QmpClient): Promise<void> {
  const capabilities = [{ capability: 'postcopy-ram', state: true }]
  try {
    await qmp.executeUnchecked('migrate-set-capabilities', { capabilities })
  } catch (cause) {
    const why = cause instanceof QmpError ? cause.desc : String(cause)
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `post-copy is not possible at the destination (${why}): a QEMU without powers needs vm.unprivileged_userfaultfd=1 there, or move the guest without it`,
      { cause },
    )
  }
}

/**
 * With post-copy the guest is recorded while it stands still, and has nothing left here; then the last
 * of it goes, and it goes on while the rest of its memory comes.
 */
async function standStill(
  { send }: Feed,
  offer: Offer,
  arrive: (qmp: QmpClient) => Promise<void>,
): Promise<Rest> {
  const [stands, goes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const sent = send({
    ...offer,
    atSwitchover() {
      stands.resolve()
      return goes.promise
    },
  })
  // Whoever waits for one of the two is told; the other is not left without a listener.
  sent.catch(() => undefined)
  await Promise.race([stands.promise, sent])
  return {
    async arrive(qmp) {
      goes.resolve()
      await Promise.race([arrive(qmp), sent.then(() => arrive(qmp))])
    },
    sent,
  }
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
