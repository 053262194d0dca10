import type { OutcomeMark } from '../src/outcome-marks.ts'
import { outcomeMark } from '../src/outcome-marks.ts'
import type { ShownCase } from './case-model.ts'
import type { MatrixChapter } from './matrix-layout.ts'

export interface ChapterSum {
  readonly mark: OutcomeMark
  /** `12 passed, 1 not run` */
  readonly words: string
}

/** What a chapter came to in one column and tier: its worst mark. Undefined where it has no case. */
export function chapterSum(
  { rows }: MatrixChapter,
  column: number,
  tier: number,
): ChapterSum | undefined {
  const cases = rows.flatMap(({ cells }) => cells[column]?.[tier] ?? [])
  const [first] = cases
  if (first === undefined) return undefined
  const worst =
    cases.find(({ outcome }) => outcome === 'failed') ??
    cases.find(({ outcome, face }) => outcome === 'passed' && face === 'offered') ??
    cases.find(({ outcome }) => outcome === 'passed') ??
    first
  return { mark: outcomeMark(worst.outcome, worst.face), words: countWords(cases) }
}

function countWords(cases: readonly ShownCase[]): string {
  const counts = Map.groupBy(cases, ({ outcome, face }) => outcomeMark(outcome, face).name)
  return [...counts].map(([name, own]) => `${own.length} ${name.replace('-', ' ')}`).join(', ')
}
