import type { Evidence, Refused } from '@polyvirt/conformance-report'
import { formatDomain, type DomainError } from '@polyvirt/core'
import type { PlanOutcome, Planned } from '../plan-scenario.ts'

/** A plan as a reader looks at it. */
export const planEvidence = ({ stored, argv }: Planned): Evidence => ({
  stored: formatDomain(stored),
  argv,
})

export const outcomeEvidence = (outcome: PlanOutcome): Evidence =>
  outcome.kind === 'planned'
    ? planEvidence(outcome.planned)
    : { refusal: refusalsOf(outcome.error) }

/** The problems that a document was refused for, as the user sees them. */
export const refusalsOf = ({ problems }: DomainError): readonly Refused[] =>
  problems.map(({ code, path, place, message }) => ({
    code,
    ...(path === undefined ? {} : { path }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    message,
  }))
