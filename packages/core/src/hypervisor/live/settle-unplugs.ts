import { deviceByAlias } from '../../plan/device-by-alias.ts'
import { findDevice } from '../../plan/find-device.ts'
import { withoutDevice } from '../../plan/plan-attach.ts'
import type { Store } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { leaveDevice } from '../confinement/hand-over.ts'
import { withMonitor } from '../monitor.ts'
import type { Running } from '../records.ts'
import { isPlugged, removeLeftovers } from './perform-steps.ts'

/**
 * Devices that the guest let go of after everybody had stopped waiting: what is left of them in QEMU
 * is removed, and the definition says that they are gone.
 */
export async function settleUnplugs(store: Store, { active, domain }: Running): Promise<void> {
  const { unplugging = [] } = active.facts
  await withMonitor(active, domain.name, async (qmp) => {
    let live = parseDomain(active.xml).domain
    const waiting: (typeof unplugging)[number][] = []
    for (const pending of unplugging) {
      if (await isPlugged(qmp, pending.alias)) {
        waiting.push(pending)
        continue
      }
      await removeLeftovers(qmp, pending.leftovers)
      const device = deviceByAlias(live, pending.alias)
      if (device === undefined) continue
      live = withoutDevice(live, findDevice(live, device))
      leaveDevice(store, active, device)
    }
    if (waiting.length === unplugging.length) return
    store.change(active.uuid, { live: { id: active.id, xml: formatDomain(live, active.id) } })
    store.setFacts(active, { ...active.facts, unplugging: waiting })
  })
}
