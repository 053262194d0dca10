import { domainError } from '../../errors.ts'
import type { DomainRecord } from '../../store/index.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

/** What is to be changed: the run, the stored document, or both. */
export interface ChangeTargets {
  readonly running?: Running
  /** The persistent document. */
  readonly definition?: string
}

/**
 * The same of a domain that is held: what others have changed until now is in it.
 *
 * @throws DomainError as {@link changeTargets}.
 */
export function heldTargets(rooms: Rooms, uuid: string, options: ChangeTarget): ChangeTargets {
  const record = rooms.store.get(uuid)
  if (record !== undefined) return changeTargets(record, options)
  throw domainError('ERR_NO_DOMAIN', `no domain with matching uuid '${uuid}'`)
}

/** @throws DomainError where the domain has not what the options ask for. */
export function changeTargets(record: DomainRecord, { live, config }: ChangeTarget): ChangeTargets {
  const { active, domain } = record
  const wantsLive = live ?? (config !== true && active !== undefined)
  const wantsConfig = config ?? (live !== true && active === undefined)
  if (wantsLive && active === undefined)
    throw domainError('ERR_OPERATION_INVALID', 'domain is not running')
  if (wantsConfig && domain.xml === undefined) {
    throw domainError(
      'ERR_OPERATION_INVALID',
      'transient domains do not have any persistent config',
    )
  }
  return {
    ...(wantsLive && active !== undefined && { running: { ...record, active } }),
    ...(wantsConfig && domain.xml !== undefined && { definition: domain.xml }),
  }
}
