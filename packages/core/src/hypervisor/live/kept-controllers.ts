import type { Domain } from '../../domain/domain.ts'
import { deviceByAlias } from '../../plan/device-by-alias.ts'
import { withoutDevice } from '../../plan/plan-attach.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { pluggedNames } from './perform-steps.ts'

/**
 * Names of the controllers that come along with a device. They stay where the device itself does not come: a
 * guest that is asked for one may let go of it much later, when others are on it.
 */
export function companionsOf(plug: readonly MonitorStep[], alias: string): readonly string[] {
  return plug.flatMap(({ execute, arguments: { id } }) =>
    execute === 'device_add' && typeof id === 'string' && id !== alias ? [id] : [],
  )
}

/**
 * The live definition of a guest that got no more of what was planned than the controllers which QEMU has.
 *
 * @returns nothing where it has none of them: then the guest is as it was.
 */
export async function withKeptControllers(
  qmp: QmpClient,
  planned: Domain,
  { plug, alias }: { readonly plug: readonly MonitorStep[]; readonly alias: string },
): Promise<Domain | undefined> {
  const companions = companionsOf(plug, alias)
  if (companions.length === 0) return undefined
  const names = await pluggedNames(qmp)
  const missing = companions.filter((one) => !names.has(one))
  if (missing.length === companions.length) return undefined
  let domain = planned
  for (const one of [alias, ...missing]) {
    const device = deviceByAlias(domain, one)
    if (device !== undefined) domain = withoutDevice(domain, device)
  }
  return domain
}
