import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DomainError, formatProblem } from '@polyvirt/core'
import { RunRefused, recordedPlanner } from '../lib/recorded-planner.ts'
import type { Case } from './find-cases.ts'

/** What polyvirt refused in a document, one line for each problem; empty where it accepted. */
export type Refusal = readonly string[]

/**
 * Plans every case and writes the answer where a comparer looks for it: OUT/<key>/dumpxml.xml and
 * argv.txt (a JSON array), or error.txt; of what can be stored and not run, the first and the last.
 */
export async function planCases(
  cases: readonly Case[],
  out: string,
): Promise<ReadonlyMap<string, Refusal>> {
  const plan = recordedPlanner()
  const refusals = new Map<string, Refusal>()
  for (const { key, guestName, xml } of cases) {
    const folder = join(out, key)
    mkdirSync(folder, { recursive: true })
    try {
      const { dumpxml, argv } = await plan(xml, guestName)
      writeFileSync(join(folder, 'dumpxml.xml'), dumpxml)
      writeFileSync(join(folder, 'argv.txt'), JSON.stringify(argv))
      refusals.set(key, [])
    } catch (error) {
      const { message, problems } = refusalOf(error)
      const stored = error instanceof RunRefused
      if (stored) writeFileSync(join(folder, 'dumpxml.xml'), error.dumpxml)
      writeFileSync(join(folder, 'error.txt'), `stage: ${stored ? 'argv' : 'define'}\n${message}\n`)
      refusals.set(key, problems)
    }
  }
  return refusals
}

/** A plan that breaks is told like a refusal, so that one broken case does not hide the others. */
function refusalOf(error: unknown): { readonly message: string; readonly problems: Refusal } {
  if (error instanceof DomainError) {
    // Lines and columns say nothing that a rule may ask for.
    const problems = error.problems.map(({ code, path, message }) =>
      formatProblem({ code, message, ...(path !== undefined && { path }) }),
    )
    return { message: error.message, problems }
  }
  const message = `planning broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  return { message, problems: [message] }
}
