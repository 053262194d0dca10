import type { Options } from '../command.ts'

/** What is asked of a list of networks or pools. */
export interface StoredFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
}

/** Which of two opposite flags is said; nothing where both or neither are. */
export function either(options: Options, yes: string, no: string): boolean | undefined {
  return options.flag(yes) === options.flag(no) ? undefined : options.flag(yes)
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
