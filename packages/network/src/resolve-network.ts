import { domainError, nearest, quote } from '@polyvirt/core/driver'
import type { ActualInterface, DriverContext } from '@polyvirt/core/driver'
import { readNetwork } from './documents/network.ts'
import type { Network } from './documents/network.ts'
import type { Portgroup } from './documents/portgroup.ts'
import { directInterface } from './host-device.ts'
import { refuseBridge } from './network-verbs.ts'
import { actualInterface } from './plan/actual-interface.ts'
import { backingOf } from './plan/network-backing.ts'

/** What a card that names this network is plugged into. */
export async function resolveNetwork(
  { documents }: DriverContext,
  reference: string,
  {
    portgroup,
    mac,
  }: { readonly portgroup?: string | undefined; readonly mac?: string | undefined },
): Promise<ActualInterface> {
  const document = documents.lookup(reference)
  if (document.liveXml === undefined) {
    const message = `network ${quote(document.name, 200)} is not active: net-start starts it`
    throw domainError('ERR_OPERATION_INVALID', message)
  }
  const network = readNetwork(document.liveXml).value
  const bandwidth = groupOf(network, portgroup)?.bandwidth
  const limits = bandwidth && { bandwidth }
  if (backingOf(network) === 'direct') return { ...(await directInterface(network)), ...limits }
  await refuseBridge(network)
  const actual = actualInterface(network, mac)
  return actual.type === 'bridge' ? { ...actual, ...limits } : actual
}

/** The group that a card names, which has to be there, or the default one. */
function groupOf(
  { name, portgroups = [] }: Network,
  wanted: string | undefined,
): Portgroup | undefined {
  if (wanted === undefined) return portgroups.find(({ isDefault }) => isDefault === true)
  const found = portgroups.find((one) => one.name === wanted)
  if (found !== undefined) return found
  const names = portgroups.map((one) => one.name)
  const near = nearest(wanted, names)
  const offered = names.length === 0 ? 'it has none' : `offered: ${names.join(', ')}`
  const way = near === undefined ? offered : `did you mean '${near}'?`
  const message = `network ${quote(name, 200)} has no portgroup ${quote(wanted)}; ${way}`
  throw domainError('ERR_CONFIG_UNSUPPORTED', message)
}
