import type { Domain } from '../../domain/domain.ts'
import { variablesPath } from '../../domain/firmware-variables.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import type { Job } from '../../store/index.ts'
import { fileOf } from '../blocks/switch-image.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { diskPaths } from '../confinement/guest-images.ts'
import { checkHandOver, lendAgain } from '../confinement/hand-over.ts'
import type { WrittenImage } from '../confinement/hand-over.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { keepGuest } from './keep-guest.ts'
import type { Destination, MigrateRequest } from './migrate-domain.ts'
import { definitionOf } from './migration-detail.ts'
import type { MigrationDetail, MigrationPhase } from './migration-detail.ts'
import { putBackDefinition } from './put-back-definition.ts'
import { receiveDomain } from './receive-domain.ts'
import { sendGuest } from './send-guest.ts'
import { leftImages, movedDisks } from './move-storage.ts'
import { tlsWish } from './tls-credentials.ts'
import { withLastWords } from './with-last-words.ts'

export interface Move {
  readonly job: Job
  readonly live: Domain
  readonly request: MigrateRequest
}

/** The source's half: one transaction over both roots, which `handOver` decides. */
export async function moveGuest(
  rooms: Rooms,
  running: Running,
  { job, live, request }: Move,
): Promise<void> {
  const { active, domain } = running
  const { destination, signal } = request
  const { store } = rooms
  const wasRunning = active.state === 'running'
  const resume = wasRunning && request.suspend !== true
  const before = definitionOf(destination.rooms.store.get(domain.uuid)?.domain)
  const phase = (name: MigrationPhase): void => store.setPhase(job, name)
  const tls = tlsWish(request)
  const moved = await rooms.ask(running, (qmp) => movedDisks(qmp, live, request))
  const left = leftImages(live, moved, request.copyStorage === 'inc')
  const arriving = request.xml === undefined ? live : parseDomain(request.xml).domain
  checkHandOver(writtenImages(arriving, left), {
    from: rooms.layout.confinement ?? unconfined,
    to: destination.rooms.layout.confinement ?? unconfined,
  })
  const detail: MigrationDetail = {
    migrate: {
      left,
      destination: destination.rooms.layout.libDir,
      running: wasRunning,
      resume,
      ...(request.undefineSource === true && domain.persistent && { undefineSource: true }),
      ...(before && { before }),
    },
  }
  store.setPhase(job, 'perform' satisfies MigrationPhase, { ...detail })
  const named = request.name === undefined ? live : { ...live, name: request.name }
  let taken = false
  try {
    await receiveDomain(destination.rooms, {
      xml: request.xml ?? formatDomain(named),
      transport: request.transport ?? usualTransport(rooms, destination.rooms, tls !== undefined),
      tls,
      isPostCopy: request.postcopy !== undefined,
      moved,
      sources: new Map(
        (live.devices.disk ?? []).map((disk) => [disk.target, fileOf(disk) ?? ''] as const),
      ),
      persistent: request.persistent === true,
      resume,
      owners: store.ownersOf(active).filter(({ path }) => !left.includes(path)),
      ...(signal && { signal }),
      send: (offer) =>
        withLastWords(active.log, () =>
          sendGuest(rooms, running, {
            ...offer,
            live,
            options: request,
            tls,
            targets: moved.map(({ target }) => target),
          }),
        ),
      handOver() {
        phase('handover')
        // Whoever looks now sees one that stands still here, not two that run.
        store.setState(active, 'paused', 'migrating')
      },
      taken: () => {
        taken = true
      },
    })
  } catch (error) {
    // Behind that point the guest is there, and nothing that fails can bring it back.
    if (!taken) {
      await takeBack(rooms, running, { job, destination, detail, why: error })
      throw error
    }
    // What is left of its memory is here: this QEMU ends when all of it is there.
    if (request.postcopy !== undefined)
      throw new JobLeft(`the guest runs at ${destination.hypervisor.uri}, and goes on`, error)
  }
  try {
    phase('finish')
    store.keepImages(active, detail.migrate.left)
    await rooms.liveness.end(active, 'migrated', { termMs: 2000 })
    if (detail.migrate.undefineSource === true) store.undefine(domain.uuid)
  } catch (cause) {
    throw new JobLeft(
      `the guest runs at ${destination.hypervisor.uri} now; what is left to do here is done by the next command`,
      cause,
    )
  }
}

/** Images that a guest writes to on both sides, and where its document names them. */
function writtenImages({ os, devices }: Domain, left: readonly string[]): readonly WrittenImage[] {
  const images = (devices.disk ?? []).flatMap((disk, i): WrittenImage[] => {
    const [path] = diskPaths(disk)
    return path === undefined || disk.readonly === true
      ? []
      : [{ path, at: `devices/disk[${i + 1}]` }]
  })
  const variables = variablesPath(os)
  const all = variables === undefined ? images : [...images, { path: variables, at: 'os/nvram' }]
  return all.filter(({ path }) => !left.includes(path))
}

/** A QEMU of another user cannot enter the run's folder of the other one, where a socket would be. */
function usualTransport(here: Rooms, there: Rooms, isEncrypted: boolean): 'unix' | 'tcp' {
  const [own, other] = [here, there].map(({ layout }) => layout.confinement?.user?.uid)
  return isEncrypted || own !== other ? 'tcp' : 'unix'
}

interface TakeBack {
  readonly job: Job
  readonly destination: Destination
  readonly detail: MigrationDetail
  readonly why: unknown
}

/** The guest goes on here; what has arrived there is ended first, and nothing of it stays. */
async function takeBack(
  rooms: Rooms,
  { active, ...running }: Running,
  { job, destination, detail: { migrate }, why }: TakeBack,
): Promise<void> {
  const { uuid } = running.domain
  const { store, liveness } = destination.rooms
  const phase: MigrationPhase = 'take-back'
  try {
    rooms.store.setPhase(job, phase)
    const other = store.get(uuid)?.active
    if (other !== undefined) await liveness.end(other, 'failed', { termMs: 2000 })
    putBackDefinition(store, uuid, migrate.before)
    lendAgain(rooms.store, active, rooms.layout.confinement ?? unconfined)
    await rooms.ask({ ...running, active }, (qmp) =>
      keepGuest(qmp, { wasRunning: migrate.running, xml: active.xml }),
    )
    rooms.store.setState(active, active.state, active.reason)
  } catch (cause) {
    const said = why instanceof Error ? why.message : String(why)
    throw new JobLeft(`${said}; the next command takes the migration back`, cause)
  }
}
