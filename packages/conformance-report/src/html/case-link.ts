import { outcomeMark } from '../outcome-marks.ts'
import type { CaseResult } from '../results.ts'
import { caseHash } from './case-hash.ts'
import { markup, type Markup } from './markup.ts'

/** A case by its id, which opens it; `run` is the number of its run. */
export function caseLink({ id, outcome, face }: CaseResult, run: number): Markup {
  const { name, glyph, words } = outcomeMark(outcome, face)
  return markup`<a class="case" href="#${caseHash(id)}${run === 0 ? '' : `?run=${run}`}"><span class="mark ${name}" aria-label="${words}">${glyph}</span> ${id}</a>`
}
