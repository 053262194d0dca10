import { domainError, nearest, quote } from '@polyvirt/core/driver'
import type { ActualInterface, DriverContext } from '@polyvirt/core/driver'
import { readNetwork } from './documents/network.ts'
import type { Network } from './documents/network.ts'
import { directInterface } from './host-device.ts'
import { notActive, refuseBridge } from './network-verbs.ts'
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
  if (document.liveXml === undefined) throw notActive(document.name)
  const network = readNetwork(document.liveXml).value
  if (portgroup !== undefined) checkGroup(network, portgroup)
  if (backingOf(network) === 'direct') return directInterface(network)
  await refuseBridge(network)
  return actualInterface(network, mac)
}

/** What a group can say is not offered or without effect, but one that is named has to be there. */
function checkGroup({ name, portgroups = [] }: Network, wanted: string): void {
  if (portgroups.some((one) => one.name === wanted)) return
  const names = portgroups.map((one) => one.name)
  const near = nearest(wanted, names)
  const offered = names.length === 0 ? 'it has none' : `offered: ${names.join(', ')}`
  const way = near === undefined ? offered : `did you mean '${near}'?`
  const message = `network ${quote(name, 200)} has no portgroup ${quote(wanted)}; ${way}`
  throw domainError('ERR_CONFIG_UNSUPPORTED', message)
}
