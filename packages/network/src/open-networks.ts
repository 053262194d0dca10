import type { ActualInterface, NetworkDriver, OpenDriver } from '@polyvirt/core/driver'
import { makeDefaultNetwork } from './default-network.ts'
import { networkVerbs } from './network-verbs.ts'
import { resolveNetwork } from './resolve-network.ts'

/**
 * Opens the network driver of a connection: bridges and network devices of the host, and QEMU's
 * user-mode networking.
 *
 * ```ts
 * openHypervisor(uri, { registry, drivers: { network: openNetworks } })
 * ```
 */
export const openNetworks: OpenDriver<NetworkDriver> = async (context) => {
  await makeDefaultNetwork(context)
  return {
    ...networkVerbs(context),
    resolve: (network: string, portgroup?: string, mac?: string): Promise<ActualInterface> =>
      resolveNetwork(context, network, { portgroup, mac }),
  }
}
