import type { ArchRegistry } from '../arch/registry.ts'
import type { Drivers } from '../driver/driver-context.ts'
import type { ActiveRow, Store } from '../store/index.ts'
import { agentVerbs } from './agent-verbs.ts'
import { backupVerbs } from './backup-verbs.ts'
import { blockVerbs } from './block-verbs.ts'
import { definitionVerbs } from './definition-verbs.ts'
import { connectionDrivers } from './connection-drivers.ts'
import type { ConnectionDrivers } from './connection-drivers.ts'
import { deviceVerbs } from './device-verbs.ts'
import { driverVerbs } from './driver-verbs.ts'
import { HostConnection } from './host-connection.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { Layout } from './layout.ts'
import { lifecycleVerbs } from './lifecycle-verbs.ts'
import { Liveness } from './liveness.ts'
import { queryVerbs } from './query-verbs.ts'
import type { Destination } from './migration/migrate-domain.ts'
import { migrationVerbs } from './migration-verbs.ts'
import type { Planner } from './planning.ts'
import { nodeDeviceVerbs } from './node-device-verbs.ts'
import { openRooms } from './rooms.ts'
import type { Rooms } from './rooms.ts'
import { saveVerbs } from './save-verbs.ts'
import { snapshotVerbs } from './snapshot-verbs.ts'
import { statisticsVerbs } from './statistics-verbs.ts'
import { supervisionVerbs } from './supervision-verbs.ts'
import { tuningVerbs } from './tuning-verbs.ts'

/** What a connection in this process holds: the store, and the runs that end with it. */
class EmbeddedConnection extends HostConnection {
  readonly rooms: Rooms
  readonly drivers: ConnectionDrivers
  readonly autodestroy: ActiveRow[] = []
  readonly #closing = new AbortController()
  readonly #closedByExit: boolean

  constructor({ layout, registry, store, drivers, closedByExit = false }: EmbeddedOptions) {
    super(layout, registry)
    this.#closedByExit = closedByExit
    const liveness = new Liveness(store, layout)
    this.drivers = connectionDrivers(store, layout, drivers)
    const planner = (): Promise<Planner> => this.plans()
    const closed = this.#closing.signal
    this.rooms = openRooms({ store, layout, liveness, planner, drivers: this.drivers, closed })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const active of this.autodestroy.splice(0)) {
      await this.rooms.liveness.end(active, 'destroyed', { termMs: 2000 })
    }
    await this.drivers.close()
    if (this.#closedByExit) this.rooms.store.leave()
    else this.rooms.store.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  protected definitions(): readonly { readonly name: string; readonly xml: string }[] {
    const records = this.rooms.store.list()
    return records.flatMap(({ domain: { name, xml } }) => (xml ? [{ name, xml }] : []))
  }
}

/** Opens another root, for a guest that moves there. */
export type OpenOther = (uri: string) => Promise<Destination>

/**
 * Runs domains in this process's name: QEMU outlives it, and the next one finds the guests. The rooms
 * behind the verbs are for another root that a guest comes from.
 */
export function openEmbedded(options: EmbeddedOptions, openOther: OpenOther): Destination {
  const connection = new EmbeddedConnection(options)
  const { rooms } = connection
  const self = (): Hypervisor => hypervisor
  const hypervisor: Hypervisor = Object.assign(
    connection,
    definitionVerbs(rooms),
    lifecycleVerbs(rooms, connection.autodestroy),
    queryVerbs(rooms),
    deviceVerbs(rooms),
    tuningVerbs(rooms),
    statisticsVerbs(rooms),
    agentVerbs(rooms),
    saveVerbs(rooms),
    blockVerbs(rooms),
    snapshotVerbs(rooms),
    backupVerbs(rooms),
    migrationVerbs(rooms, self, openOther),
    supervisionVerbs(self),
    nodeDeviceVerbs(rooms),
    driverVerbs(connection.drivers),
  )
  return { hypervisor, rooms }
}

export interface EmbeddedOptions {
  readonly layout: Layout
  readonly registry: ArchRegistry
  readonly store: Store
  readonly drivers?: Drivers
  /** See `OpenOptions`. */
  readonly closedByExit?: boolean
}
