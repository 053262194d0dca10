import type { Domain } from '../domain/domain.ts'
import { DomainError } from '../errors.ts'
import { onNetwork, onVolume } from '../plan/with-answers.ts'
import { freshUuid } from '../run/fresh-identity.ts'
import type { AnyDevice } from '../xml/parse-device.ts'
import type { ConnectionDrivers } from './connection-drivers.ts'

/**
 * Asks the drivers what the volumes and networks of a domain are on this host, now. Its definition
 * goes on naming them.
 *
 * @throws DomainError of the driver, with the path of the device.
 */
export async function resolveSources<T extends Domain>(
  domain: T,
  drivers: ConnectionDrivers,
): Promise<T> {
  const { disk = [], interface: nics = [] } = domain.devices
  const asked = [
    ...disk.map((device): AnyDevice => ({ kind: 'disk', device })),
    ...nics.map((device): AnyDevice => ({ kind: 'interface', device })),
  ]
  if (!asked.some(isElsewhere)) return domain
  const answers = new Map<object, object>()
  for (const one of asked) {
    const list: readonly object[] = one.kind === 'disk' ? disk : nics
    const path = `devices/${one.kind}[${list.indexOf(one.device) + 1}]`
    answers.set(one.device, (await resolveDevice(one, drivers, path)).device)
  }
  const answered = <D extends object>(device: D): D => (answers.get(device) ?? device) as D
  return {
    ...domain,
    devices: {
      ...domain.devices,
      ...(disk.length > 0 && { disk: disk.map(answered) }),
      ...(nics.length > 0 && { interface: nics.map(answered) }),
    },
  }
}

/** The same for one device; any other stays as it is. */
export async function resolveDevice(
  one: AnyDevice,
  drivers: ConnectionDrivers,
  path = `devices/${one.kind}`,
): Promise<AnyDevice> {
  if (!isElsewhere(one)) return one
  if (one.kind === 'disk') {
    const { pool = '', volume = '' } = one.device.source ?? {}
    const answer = await at(`${path}/source`, async () =>
      (await drivers.storage()).resolve(pool, volume),
    )
    return { kind: 'disk', device: onVolume(one.device, answer) }
  }
  if (one.kind !== 'interface') return one
  const { network = '', portgroup, mac } = one.device
  const answer = await at(`${path}/source`, async () =>
    (await drivers.network()).resolve(network, portgroup, mac),
  )
  return { kind: 'interface', device: onNetwork(one.device, answer, freshUuid()) }
}

/** Whether somebody else knows what this is on the host. */
function isElsewhere(one: AnyDevice): boolean {
  if (one.kind === 'disk') return one.device.type === 'volume' && one.device.source !== undefined
  return one.kind === 'interface' && one.device.network !== undefined
}

/** Drivers speak of their own things; a start speaks of the device. */
async function at<T>(path: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const [first, ...rest] = error.problems
    const placed = first.path === undefined ? { ...first, path } : first
    throw new DomainError([placed, ...rest], { cause: error })
  }
}
