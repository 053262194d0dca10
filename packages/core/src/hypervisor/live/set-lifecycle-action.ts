import { lifecycleActions as stopActions } from '../../domain/domain.ts'
import type { CrashAction, Domain } from '../../domain/domain.ts'
import { DomainError, domainError } from '../../errors.ts'
import { lifecycleProblems } from '../../plan/validate/lifecycle.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { LifecycleEvent } from '../interface/tuning.ts'
import { lifecycleActions } from '../lifecycle-actions.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'

export interface LifecycleChange extends ChangeTarget {
  readonly event: LifecycleEvent
  readonly action: CrashAction
}

/** Has a guest end, or start again, another way when it powers off, reboots or crashes. */
export function setLifecycleAction(
  rooms: Rooms,
  reference: string,
  { event, action, ...target }: LifecycleChange,
): Promise<void> {
  const edit = (domain: Domain): Domain => changed(domain, event, action)
  return changeDomain(rooms, reference, {
    kind: 'set-lifecycle-action',
    target,
    check(domain) {
      const [first, ...rest] = lifecycleProblems(edit(domain))
      if (first !== undefined) throw new DomainError([first, ...rest])
    },
    edit,
    perform: (qmp, live) => qmp.execute('set-action', lifecycleActions(edit(live))),
  })
}

function changed(domain: Domain, event: LifecycleEvent, action: CrashAction): Domain {
  if (event === 'crash') return { ...domain, onCrash: action }
  const found = stopActions.find((one) => one === action)
  if (found === undefined)
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `'${action}' is for a crash; at a ${event} there is no memory worth keeping: use destroy, restart or preserve`,
      { path: `on_${event}` },
    )
  return event === 'poweroff' ? { ...domain, onPoweroff: found } : { ...domain, onReboot: found }
}
