import { explainFailure } from '../command-error.ts'
import type { Context, OptionSpec, Options } from '../command.ts'
import type { Hypervisor, NetworkSummary } from '../core.ts'
import { need } from '../option-specs.ts'

export const networkOption: OptionSpec = need('network', 'network name or uuid', 'network')

export interface FoundNetwork {
  readonly hypervisor: Hypervisor
  readonly network: NetworkSummary
}

/** The network that the `network` option names, by name or UUID. */
export async function lookupNetwork(context: Context, options: Options): Promise<FoundNetwork> {
  const wanted = options.need('network')
  const hypervisor = await context.hypervisor()
  const network = await explainFailure(
    `failed to get network '${wanted}'`,
    hypervisor.networkLookup(wanted),
  )
  return { hypervisor, network }
}
