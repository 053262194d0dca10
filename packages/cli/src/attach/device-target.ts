import { excludeTargets } from '../change-target.ts'
import type { Options } from '../command.ts'
import type { ChangeTarget, DomainSummary } from '../core.ts'
import { exclude } from '../parse/option-pairs.ts'

/** @throws UsageError where `--persistent`, `--live`, `--config` and `--current` contradict each other. */
export function checkDeviceTarget(options: Options): void {
  exclude(options, 'persistent', 'current')
  excludeTargets(options)
}

/** As libvirt: whatever there is; `--persistent` adds the definition to the guest that runs. */
export function deviceTarget(options: Options, { id }: Pick<DomainSummary, 'id'>): ChangeTarget {
  const persists = options.flag('persistent')
  const live = options.flag('live') || (persists && id !== undefined)
  const config = options.flag('config') || persists
  return { ...(live && { live }), ...(config && { config }) }
}
