import type { Face, Outcome } from './results.ts'

/** How an outcome is shown: never by its colour alone. */
export interface OutcomeMark {
  /** `passed`, `refused`, `failed`, `not-run` */
  readonly name: string
  readonly glyph: string
  readonly words: string
}

const marks = {
  passed: { name: 'passed', glyph: '✓', words: 'passed' },
  refused: { name: 'refused', glyph: '⊘', words: 'passed: not offered, and refused' },
  failed: { name: 'failed', glyph: '✗', words: 'failed' },
  'not-run': { name: 'not-run', glyph: '–', words: 'not run' },
} as const satisfies Readonly<Record<string, OutcomeMark>>

/** What passes by being refused, as it should be, has a mark of its own. */
export const outcomeMark = (outcome: Outcome, face: Face): OutcomeMark =>
  outcome === 'passed' && face === 'refused' ? marks.refused : marks[outcome]

export const allMarks: readonly OutcomeMark[] = Object.values(marks)
