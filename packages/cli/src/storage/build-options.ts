import type { OptionSpec, Options } from '../command.ts'
import { flag } from '../option-specs.ts'
import { exclude } from '../parse/option-pairs.ts'

export const overwriteOptions: readonly OptionSpec[] = [
  flag('no-overwrite', 'do not overwrite any existing data'),
  flag('overwrite', 'overwrite any existing data'),
]

export const buildOptions: readonly OptionSpec[] = [
  flag('build', 'build the pool as normal'),
  ...overwriteOptions,
]

/** What may become of data that is there already. */
export interface Overwriting {
  readonly overwrite: boolean
  readonly noOverwrite: boolean
}

/** @throws UsageError where both are said. */
export function readOverwriting(options: Options): Overwriting {
  exclude(options, 'overwrite', 'no-overwrite')
  return { overwrite: options.flag('overwrite'), noOverwrite: options.flag('no-overwrite') }
}

/** The same for what builds the pool only where it is told to. */
export function readBuilding(options: Options): Overwriting & { readonly build: boolean } {
  return { ...readOverwriting(options), build: options.flag('build') }
}
