import type { Domain } from '../../domain/domain.ts'
import { DomainError, domainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { TuningChange } from '../interface/tuning.ts'
import { changeDomain } from '../live/change-domain.ts'
import { cputuneEvent } from '../live/tunable-event.ts'
import type { Rooms } from '../rooms.ts'
import { applyTuning, tunedRun } from './apply-tuning.ts'
import { changedLimits, missingLimits } from './missing-limits.ts'

/** Changes what a guest may use of the host, while it runs, for its next start, or both. */
export function setTuning(
  rooms: Rooms,
  reference: string,
  { change, ...target }: ChangeTarget & { readonly change: TuningChange },
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'tune',
    target,
    events: (live) => (live === undefined ? [] : cputuneEvent(change)),
    check(domain, isLive) {
      if (isLive) checkLive(domain, changed(domain, change))
    },
    edit: (domain) => changed(domain, change),
    async perform(qmp, live, { active }) {
      const known = {
        cgroup: active.facts.cgroup,
        memoryMaxKiB: rooms.layout.confinement?.config.memoryMaxKiB,
        before: live,
      }
      await applyTuning(qmp, changed(live, change), tunedRun(active.process.pid, known))
    },
  })
}

/** The definition with what is given in place of what it had; `undefined` takes it away. */
function changed(domain: Domain, change: TuningChange): Domain {
  const merged = Object.entries(change).map(([part, values]) => {
    const before = domain[part as keyof TuningChange]
    const entries = Object.entries({ ...before, ...values }).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    )
    return [part, entries.length === 0 ? undefined : Object.fromEntries(entries)] as const
  })
  const all = { ...domain, ...Object.fromEntries(merged) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never
}

/** Whoever asks for a limit now is not to believe in one that cannot be set. */
function checkLive(before: Domain, after: Domain): void {
  const mode = ({ numatune }: Domain): string => numatune?.mode ?? 'strict'
  if (before.numatune?.nodeset !== after.numatune?.nodeset || mode(before) !== mode(after)) {
    if (mode(before) !== mode(after))
      throw domainError(
        'ERR_OPERATION_INVALID',
        `can't change numatune mode for running domain: use --config`,
        { path: 'numatune/memory/@mode' },
      )
    if (!['strict', 'restrictive'].includes(mode(after)))
      throw domainError(
        'ERR_OPERATION_INVALID',
        'change of nodeset for running domain requires strict or restrictive numa mode',
        { path: 'numatune/memory/@mode' },
      )
  }
  const meant = changedLimits(before, after)
  const lost = missingLimits(after).filter(({ path }) => path !== undefined && meant.has(path))
  const [first, ...rest] = lost.map(({ path, message }): Problem => ({
    code: 'ERR_OPERATION_INVALID',
    ...(path !== undefined && { path }),
    message: `${message}; with --config the definition keeps it for another host`,
  }))
  if (first !== undefined) throw new DomainError([first, ...rest])
}
