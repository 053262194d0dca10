import { CommandError } from '../command-error.ts'
import type { Context, Options, OptionSpec } from '../command.ts'
import type { Hypervisor, StorageVolumeSummary, VolumeReference } from '../core.ts'
import { need, text } from '../option-specs.ts'
import { lookupPool } from './lookup-pool.ts'

export const volumeOption: OptionSpec = need('vol', 'vol name, key or path', 'volume')

/** The pool that it is in, where its name alone would not do. */
export const ofPoolOption: OptionSpec = text('pool', 'pool name or uuid', 'pool')

export interface FoundVolume {
  readonly hypervisor: Hypervisor
  readonly volume: StorageVolumeSummary
  readonly reference: VolumeReference
}

/**
 * The volume that an option names: by its name in the pool that is named, else by key or path.
 *
 * @throws CommandError in virsh's words.
 */
export async function lookupVolume(
  context: Context,
  options: Options,
  { poolOption = 'pool' }: { readonly poolOption?: string } = {},
): Promise<FoundVolume> {
  const wanted = options.need('vol')
  const hypervisor = await context.hypervisor()
  const pool =
    options.text(poolOption) === undefined
      ? undefined
      : (await lookupPool(context, options, poolOption)).pool
  const tries: readonly VolumeReference[] = [
    ...(pool === undefined ? [] : [{ pool: pool.uuid, name: wanted }]),
    { path: wanted },
  ]
  let cause: unknown
  for (const each of tries) {
    try {
      const volume = await hypervisor.storageVolLookup(each)
      // A path that is in another pool than the one named is not the one meant.
      if (pool !== undefined && volume.pool !== pool.name) continue
      return { hypervisor, volume, reference: { pool: volume.pool, name: volume.name } }
    } catch (error) {
      cause ??= error
    }
  }
  const help = pool === undefined ? `, specifying --${poolOption} might help` : ''
  throw new CommandError(`failed to get vol '${wanted}'${help}`, { cause })
}
