import type { Domain } from '../../domain/domain.ts'
import type { MigrateOptions } from '../interface/migration.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { beginSending, unlimited, watchMigration } from '../saving/migration-status.ts'
import type { MigrationStatus } from '../saving/migration-status.ts'
import { losesPages } from '../saving/lost-pages.ts'
import { warnOfLosses } from '../saving/warn-of-losses.ts'
import { finishMirrors, mirrorDisks } from './mirror-disks.ts'
import type { DiskServer } from './mirror-disks.ts'
import { addCredentials, tlsId } from './tls-credentials.ts'
import type { TlsWish } from './tls-credentials.ts'

/** Where the destination waits. */
export interface Offer {
  readonly uri: string
  /** Where it takes disks, where any are to come. */
  readonly server?: DiskServer
  /** The guest stands still, and the last of it goes when this resolves. */
  readonly atSwitchover?: () => Promise<void>
}

export interface SendRequest extends Offer {
  readonly live: Domain
  readonly options: MigrateOptions
  readonly targets: readonly string[]
  readonly tls: TlsWish | undefined
}

/** Sends a guest: its disks first, then its memory; the last of both while it stands still. */
export async function sendGuest(
  rooms: Rooms,
  running: Running,
  { uri, server, atSwitchover, live, options, targets, tls }: SendRequest,
): Promise<void> {
  const { bandwidthBytes, downtimeMs, signal, onProgress, onWarning } = options
  await warnOfLosses(rooms, running, options)
  const runs = running.active.state === 'running'
  await rooms.ask(running, async (qmp) => {
    if (options.live !== true && runs) await qmp.execute('stop')
    if (tls !== undefined) await addCredentials(qmp, tls, 'client')
  })
  const hasDisks = server !== undefined && targets.length > 0
  if (hasDisks) await mirrorDisks(rooms, running, { ...options, live, targets, server, wish: tls })
  await rooms.ask(running, async (qmp) => {
    await qmp.executeUnchecked('migrate-set-capabilities', {
      capabilities: [
        { capability: 'pause-before-switchover', state: hasDisks || atSwitchover !== undefined },
        { capability: 'postcopy-ram', state: options.postcopy !== undefined },
      ],
    })
    await qmp.executeUnchecked('migrate-set-parameters', {
      ...(bandwidthBytes === undefined ? unlimited : { 'max-bandwidth': bandwidthBytes }),
      ...(bandwidthBytes !== undefined && { 'max-postcopy-bandwidth': bandwidthBytes }),
      ...(downtimeMs !== undefined && { 'downtime-limit': downtimeMs }),
      ...(tls && { 'tls-creds': tlsId, 'tls-hostname': tls.hostname }),
    })
    const lost =
      options.live === true && options.unsafe !== true ? losesPages(live, qmp.version) : undefined
    if (runs && lost !== undefined) {
      onWarning?.(lost)
      await qmp.execute('stop')
    }
    await beginSending(qmp, uri)
  })
  await watchMigration(rooms, running, {
    kind: 'migrate',
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    onSwitchover: async () => {
      if (hasDisks) await rooms.ask(running, (qmp) => finishMirrors(qmp, targets))
      await atSwitchover?.()
      const state = 'pre-switchover'
      await rooms.ask(running, (qmp) => qmp.executeUnchecked('migrate-continue', { state }))
    },
    ...(options.postcopy === 'after-precopy' && { onLook: startPostCopy(rooms, running) }),
  })
}

/** Goes over once all of memory has been gone through, and what was written meanwhile is the rest. */
function startPostCopy(rooms: Rooms, running: Running): (now: MigrationStatus) => Promise<void> {
  let isTold = false
  return async ({ status, passes }) => {
    if (isTold || status !== 'active' || passes < 2) return
    isTold = true
    await rooms.ask(running, (qmp) => qmp.executeUnchecked('migrate-start-postcopy'))
  }
}
