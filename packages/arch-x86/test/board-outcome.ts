import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts, Planned, PlanOutcome } from '@polyvirt/conformance'
import { formatDomain, withoutSecrets } from '@polyvirt/core'
import { x86 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** What becomes of a document on one of the boards. */
export function outcome(parts: DomainParts, board = 'pc'): PlanOutcome {
  const target = targetsOf(x86, x86.guests[0], recorded(), '/qemu').find(
    ({ profile }) => profile.name === board,
  )
  if (target === undefined) throw new Error(`no ${board} in the recording`)
  return planScenario(domainXml(parts), target)
}

export function planned(parts: DomainParts, board?: string): Planned {
  const found = outcome(parts, board)
  if (found.kind === 'refused') throw found.error
  return found.planned
}

export const argvOf = (parts: DomainParts, board?: string): string =>
  planned(parts, board).argv.join(' ')

export const xmlOf = (parts: DomainParts, board?: string): string =>
  formatDomain(withoutSecrets(planned(parts, board).stored))

export type BoardRow<T> = readonly [what: string, parts: DomainParts, expected: T, board?: string]

/** Rows that name no board are of the usual one. */
export function onBoards<T>(
  rows: readonly BoardRow<T>[],
  usual = 'pc',
): (readonly [string, DomainParts, T, string])[] {
  return rows.map(([what, parts, expected, board = usual]) => [what, parts, expected, board])
}
