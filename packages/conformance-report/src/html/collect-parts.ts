import type { CaseResult, ConformanceRun } from '../results.ts'
import type { CaseParts, PartName, PartNumbers } from './page-index.ts'

export interface CollectedParts {
  /** Each distinct part as JSON, once. */
  readonly parts: readonly string[]
  readonly numbers: ReadonlyMap<CaseResult, PartNumbers>
}

/** Parts of one kind lie together: what compresses them looks back no more than 32 KiB. */
const partNames: readonly PartName[] = [
  'failure',
  'refusal',
  'xml',
  'stored',
  'argv',
  'live',
  'acts',
  'guest',
  'console',
  'screenshots',
]

/** Takes the evidence out of the cases: most of it is the same in several tiers and runs. */
export function collectParts(runs: readonly ConformanceRun[]): CollectedParts {
  // Of a target first, then by scenario: the consoles of one machine are alike.
  const cases = runs.flatMap((run) => run.cases).toSorted(byTarget)
  const known = new Map<string, number>()
  const parts: string[] = []
  const numbers = new Map<CaseResult, Partial<Record<PartName, number>>>()
  for (const one of cases) numbers.set(one, {})
  for (const name of partNames) {
    for (const one of cases) {
      const written = JSON.stringify(partOf(one, name))
      if (written === undefined) continue
      const number = known.get(written) ?? parts.push(written) - 1
      known.set(written, number)
      const own = numbers.get(one)
      if (own !== undefined) own[name] = number
    }
  }
  return { parts, numbers }
}

const partOf = ({ failure, evidence }: CaseResult, name: PartName): CaseParts[PartName] =>
  name === 'failure' ? failure : evidence?.[name]

function byTarget(one: CaseResult, other: CaseResult): number {
  const keys = [one, other].map(({ guest, machine, scenario }) => [guest, machine, scenario].join())
  const [key = '', otherKey = ''] = keys
  if (key === otherKey) return 0
  return key < otherKey ? -1 : 1
}
