import { DomainError } from '../errors.ts'
import type { Place, Problem } from '../errors.ts'
import type { Domain } from '../domain/domain.ts'
import { buildArgv } from '../qemu/build-argv.ts'
import type { RuntimeChoices } from '../qemu/argv-context.ts'
import { applyDefaults } from './apply-defaults.ts'
import { assignAddresses } from './assign-addresses.ts'
import { assignAliases } from './assign-aliases.ts'
import { Notes } from './notes.ts'
import type { Note } from './notes.ts'
import type { PlanContext } from './plan-context.ts'
import { findProblems } from './validate-domain.ts'
import type { ValidDomain } from './validate-domain.ts'

/** A definition with everything said, and who said it. */
export interface PlannedDomain {
  readonly domain: ValidDomain
  readonly notes: readonly Note[]
}

/**
 * From what the document says to a definition that can be stored: defaults, addresses, judgement.
 * Pure: the same input gives the same plan.
 *
 * `locate` finds the place of a path in the document, so that a problem has its line.
 *
 * @throws DomainError with all problems at once.
 */
export function planDomain(
  domain: Domain,
  context: PlanContext,
  locate: (path: string) => Place | undefined = () => undefined,
): PlannedDomain {
  const notes = new Notes()
  const complete = applyDefaults(domain, context, notes)
  const addressed = assignAddresses(complete, context, notes)
  const problems = findProblems(addressed, context).map((problem) => withPlace(problem, locate))
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { domain: addressed, notes: notes.list }
}

function withPlace(problem: Problem, locate: (path: string) => Place | undefined): Problem {
  if (problem.place !== undefined || problem.path === undefined) return problem
  const place = locate(problem.path)
  return place === undefined ? problem : { ...problem, place }
}

/** One run of a planned domain: aliases given out, command line built. */
export interface PlannedRun {
  readonly domain: ValidDomain
  readonly argv: readonly string[]
}

export function planRun(
  domain: ValidDomain,
  context: PlanContext,
  runtime: RuntimeChoices,
): PlannedRun {
  const named = assignAliases(domain, context)
  return { domain: named, argv: buildArgv({ domain: named, plan: context, runtime }) }
}
