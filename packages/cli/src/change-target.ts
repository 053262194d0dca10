import type { Options } from './command.ts'
import type { ChangeTarget } from './core.ts'
import { exclude } from './parse/option-pairs.ts'

/**
 * What a change or a question is for, as `--live`, `--config` and `--current` say; without a word
 * about it, whatever there is.
 *
 * @throws UsageError where they contradict each other.
 */
export function changeTarget(options: Options): ChangeTarget {
  excludeTargets(options)
  const live = options.flag('live')
  const config = options.flag('config')
  return { ...(live && { live }), ...(config && { config }) }
}

export function excludeTargets(options: Options): void {
  exclude(options, 'current', 'live')
  exclude(options, 'current', 'config')
}
