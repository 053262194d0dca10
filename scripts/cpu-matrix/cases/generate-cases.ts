import { baselineCases } from './baseline-cases.ts'
import { compareCases } from './compare-cases.ts'
import type { MatrixCase } from './matrix-case.ts'
import { offerCases } from './offer-cases.ts'
import { powerDomains } from './power-domains.ts'
import type { Vocabulary } from './vocabulary.ts'
import { x86Domains } from './x86-domains.ts'

/** Every case, in an order that does not change; the same vocabulary gives the same cases. */
export function generateCases(vocabulary: Vocabulary): readonly MatrixCase[] {
  const cases = [
    ...x86Domains(vocabulary),
    ...powerDomains(vocabulary),
    ...compareCases(vocabulary),
    ...baselineCases(vocabulary),
    ...offerCases(),
  ]
  // Tables may meet: what is asked twice under one id is asked once.
  const byId = new Map(cases.map((one) => [one.id, one]))
  return [...byId.values()]
}
