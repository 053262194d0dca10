import { firstLine } from './first-line.ts'
import type { CaseResult, ConformanceRun } from './results.ts'

export interface FailureGroup {
  /** First line of the message; of several cases, with `…` for the names in which they differ. */
  readonly message: string
  readonly cases: readonly CaseResult[]
}

/**
 * What failed, by message: one cause often fails many cases, whose messages differ by no more than
 * the names of the scenario and the machine. The largest group is first.
 */
export function failureGroups({ cases }: Pick<ConformanceRun, 'cases'>): readonly FailureGroup[] {
  const failed = cases.filter(({ outcome }) => outcome === 'failed')
  const groups = Map.groupBy(failed, withoutNames)
  return [...groups]
    .map(([cause, own]) => ({ message: messageOf(own, cause), cases: own }))
    .toSorted((one, other) => other.cases.length - one.cases.length)
}

function messageOf(cases: readonly CaseResult[], cause: string): string {
  const messages = new Set(cases.map(failureLine))
  const [first = cause] = messages
  return messages.size === 1 ? first : cause
}

const failureLine = ({ failure, reason }: CaseResult): string =>
  firstLine(failure?.message ?? reason ?? 'failed without a message')

/** Names with a slash only: a single word could be a part of another. */
const withoutNames = (one: CaseResult): string =>
  [
    one.id,
    `${one.guest}/${one.machine}/${one.scenario}`,
    one.scenario,
    `${one.guest}/${one.machine}`,
  ]
    .filter((name) => /[^/]\/[^/]/.test(name))
    .reduce((line, name) => line.replaceAll(name, '…'), failureLine(one))
