import type { Options } from '../command.ts'

/** What is asked of a list of networks or pools. */
export interface StoredFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
}

/** virsh's flags for it: active ones where nothing is said; both of two opposites ask nothing. */
export function storedFilter(options: Options): StoredFilter {
  const either = (yes: string, no: string): boolean | undefined =>
    options.flag(yes) === options.flag(no) ? undefined : options.flag(yes)
  const persistent = either('persistent', 'transient')
  const autostart = either('autostart', 'no-autostart')
  return {
    ...(!options.flag('all') && { active: !options.flag('inactive') }),
    ...(persistent !== undefined && { persistent }),
    ...(autostart !== undefined && { autostart }),
  }
}
