import { fillDomain, note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import type { Domain } from '../../domain/domain.ts'
import type { IothreadId } from '../../domain/tuning.ts'

/** The I/O threads of a domain: those with numbers of their own, then the lowest free numbers. */
export function iothreadsOf(domain: Domain): readonly IothreadId[] {
  const named = domain.iothreadIds ?? []
  const taken = new Set(named.map(({ id }) => id))
  const all: IothreadId[] = [...named]
  for (let id = 1; all.length < (domain.iothreads ?? 0); id++) {
    if (!taken.has(id)) all.push({ id })
  }
  return all
}

/** Once one thread is described, all are; and there are as many as are described. */
export function defaultIothreads(d: Defaulting): void {
  const { domain } = d
  if (domain.iothreads === 0) delete domain.iothreads
  if (domain.iothreadIds === undefined || domain.iothreadIds.length === 0) return
  const all = iothreadsOf(domain)
  const why = { rule: 'iothreads/ids', reason: 'as many threads as are described, and no fewer' }
  if (domain.iothreads !== undefined && domain.iothreads < all.length) {
    domain.iothreads = all.length
    note(d, 'iothreads', all.length, why)
  }
  fillDomain(d, 'iothreads', all.length, why)
  domain.iothreadIds = [...all]
}
