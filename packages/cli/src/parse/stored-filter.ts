import type { Options } from '../command.ts'
import { either } from './option-pairs.ts'

/** What is asked of a list of networks or pools. */
export interface StoredFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
}

/** virsh's flags for it: active ones where nothing is said; both of two opposites ask nothing. */
export function storedFilter(options: Options): StoredFilter {
  const persistent = either(options, 'persistent', 'transient')
  const autostart = either(options, 'autostart', 'no-autostart')
  return {
    ...(!options.flag('all') && { active: !options.flag('inactive') }),
    ...(persistent !== undefined && { persistent }),
    ...(autostart !== undefined && { autostart }),
  }
}
