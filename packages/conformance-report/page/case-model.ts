import type { PageCase, PageIndex } from '../src/html/page-index.ts'
import type { Tier } from '../src/results.ts'

/** A case as the page holds it. */
export interface ShownCase extends PageCase {
  /** Number of its run. */
  readonly run: number
  /** All that a search looks at, in small letters. */
  readonly words: string
  /** Did not come out like this in every run. */
  readonly differs: boolean
}

export interface CaseModel {
  readonly labels: readonly string[]
  readonly cases: readonly ShownCase[]
  /** One entry per run, at the number of the run. */
  readonly byId: ReadonlyMap<string, readonly (ShownCase | undefined)[]>
  readonly guests: readonly string[]
  /** The tiers that have cases, from the cheapest. */
  readonly tiers: readonly Tier[]
}

const tierOrder: readonly Tier[] = ['laws', 'model', 'golden', 'live', 'guest', 'nested']

export function caseModel({ runs }: Pick<PageIndex, 'runs'>): CaseModel {
  const differing = differingIds(runs)
  const cases = runs.flatMap(({ cases: own }, run) =>
    own.map((one) => ({ ...one, run, words: wordsOf(one), differs: differing.has(one.id) })),
  )
  const byId = new Map<string, (ShownCase | undefined)[]>()
  for (const one of cases) {
    const key = one.id.toWellFormed()
    const own = byId.get(key) ?? runs.map(() => undefined)
    own[one.run] = one
    byId.set(key, own)
  }
  const machines = cases.filter(({ machine }) => machine !== 'any')
  const used = new Set(cases.map(({ tier }) => tier))
  return {
    labels: runs.map(({ label }) => label),
    cases,
    byId,
    // In the order of the matrix, whose laws come last.
    guests: [...new Set([...machines, ...cases].map(({ guest }) => guest))],
    tiers: tierOrder.filter((tier) => used.has(tier)),
  }
}

const wordsOf = (one: PageCase): string =>
  [one.scenario, one.title, `${one.guest}/${one.machine}`, one.reason, one.message]
    .join('\n')
    .toLowerCase()

function differingIds(runs: PageIndex['runs']): ReadonlySet<string> {
  const outcomes = Map.groupBy(
    runs.flatMap(({ cases }) => cases),
    ({ id }) => id,
  )
  const differs = (own: readonly PageCase[]): boolean =>
    own.length < runs.length ||
    new Set(own.map(({ outcome, face }) => `${outcome} ${face}`)).size > 1
  return new Set([...outcomes].flatMap(([id, own]) => (differs(own) ? [id] : [])))
}
