import { DomainError, formatProblem } from '@polyvirt/core'
import type { Answer } from '../answer.ts'
import type { MatrixCase } from '../cases/matrix-case.ts'
import { askDomain } from './ask-domain.ts'
import { askVerb } from './ask-verb.ts'
import type { MatrixFacts } from './matrix-facts.ts'

/** polyvirt's answer to a case. An answer that breaks is told like a refusal. */
export async function askPolyvirt(one: MatrixCase, facts: MatrixFacts): Promise<Answer> {
  const { kind } = one
  if (kind === 'domain') {
    const { error, ...told } = await askDomain(one, facts)
    if (error === undefined) return told
    const { code, message } = refusalOf(error)
    return { parts: { ...told.parts, 'domain error': code }, message }
  }
  try {
    return await askVerb[kind](one, facts)
  } catch (error) {
    const { code, message } = refusalOf(error)
    return { parts: kind === 'domcapabilities' ? {} : { [kind]: code }, message }
  }
}

/** An answer that breaks does not hide the others. */
function refusalOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof DomainError) {
    // Lines and columns say nothing that a rule may ask for.
    const problems = error.problems.map(({ code, path, message }) =>
      formatProblem({ code, message, ...(path !== undefined && { path }) }),
    )
    return { code: error.code, message: problems.join('\n') }
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'broken', message: `it broke: ${words.split('\n').slice(0, 3).join(' ')}` }
}
