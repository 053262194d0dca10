import type { Context, Options, OptionSpec } from '../command.ts'
import { explainFailure } from '../command-error.ts'
import type { Hypervisor, StoragePoolSummary } from '../core.ts'
import { need } from '../option-specs.ts'

export const poolOption: OptionSpec = need('pool', 'pool name or uuid', 'pool')

export interface FoundPool {
  readonly hypervisor: Hypervisor
  readonly pool: StoragePoolSummary
}

/** The pool that an option names, by name or UUID. */
export async function lookupPool(
  context: Context,
  options: Options,
  option = 'pool',
): Promise<FoundPool> {
  const wanted = options.need(option)
  const hypervisor = await context.hypervisor()
  const pool = await explainFailure(
    `failed to get pool '${wanted}'`,
    hypervisor.storagePoolLookup(wanted),
  )
  return { hypervisor, pool }
}
