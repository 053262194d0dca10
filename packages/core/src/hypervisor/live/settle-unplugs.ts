import { deviceByAlias } from '../../plan/device-by-alias.ts'
import { withoutDevice } from '../../plan/plan-attach.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { ActiveGlance, ActiveRow, PendingUnplug, Store } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { pluggedNames, removeLeftovers } from './perform-steps.ts'
import { releaseDevice } from './release-device.ts'

/** Has the guest let go of something since everybody stopped waiting for it? */
export async function hasLetGo(qmp: QmpClient, active: ActiveGlance): Promise<boolean> {
  return (await waitingFor(qmp, active)).gone.length > 0
}

/**
 * Devices that the guest let go of after everybody had stopped waiting: what is left of them in QEMU and
 * on the host is removed, and the definition says that they are gone. The domain is held meanwhile, and the
 * run was read since: a name may be another device's by now.
 */
export async function settleUnplugs(
  store: Store,
  active: ActiveRow,
  qmp: QmpClient,
): Promise<void> {
  const { waiting, gone } = await waitingFor(qmp, active)
  if (gone.length === 0) return
  let live = parseDomain(active.xml).domain
  for (const { alias, leftovers } of gone) {
    await removeLeftovers(qmp, leftovers)
    const device = deviceByAlias(live, alias)
    if (device === undefined) continue
    live = withoutDevice(live, device)
    await releaseDevice(store, active, { gone: device, left: live })
  }
  store.change(active.uuid, { live: { id: active.id, xml: formatDomain(live, active.id) } })
  store.setFacts(active, { ...active.facts, unplugging: waiting })
}

interface Unplugs {
  readonly waiting: readonly PendingUnplug[]
  readonly gone: readonly PendingUnplug[]
}

async function waitingFor(qmp: QmpClient, { facts }: ActiveGlance): Promise<Unplugs> {
  const { unplugging = [] } = facts
  const names = await pluggedNames(qmp)
  return {
    waiting: unplugging.filter(({ alias }) => names.has(alias)),
    gone: unplugging.filter(({ alias }) => !names.has(alias)),
  }
}
