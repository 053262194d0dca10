import { kinds } from './comparison.ts'
import type { Kind } from './comparison.ts'
import { checkRules, kindsIn, readRules } from './deviation-rules.ts'
import type { DeviationOf, Vocabulary } from './deviation-rules.ts'

/** `verdict`: one problem of a refusal; `xml`, `argv`: one line of a comparison. */
export type Deviation = DeviationOf<Kind>

export const deviationsFile: URL = new URL('deviations.json', import.meta.url)

const vocabulary: Vocabulary<Kind> = { kinds, verdict: 'verdict' }

/** @throws Error, for whoever edits the file, with the place and what is wrong. */
export function readDeviations(file: URL = deviationsFile): readonly Deviation[] {
  return readRules(file, vocabulary)
}

/** @throws Error where the value is not a list of deviations. */
export function checkDeviations(value: unknown): readonly Deviation[] {
  return checkRules(value, vocabulary)
}

export const kindsOf: (rule: Deviation) => readonly Kind[] = kindsIn
