import { checkRules, kindsIn, readRules } from '../peer/deviation-rules.ts'
import type { DeviationOf, Vocabulary } from '../peer/deviation-rules.ts'
import { parts } from './answer.ts'
import type { Part } from './answer.ts'

/**
 * The condition speaks of the case's document and of the answers, never of its id; paths are those
 * below the document's root.
 */
export type Deviation = DeviationOf<Part>

export const deviationsFile: URL = new URL('deviations.json', import.meta.url)

const vocabulary: Vocabulary<Part> = { kinds: parts, verdict: 'domain verdict' }

/** @throws Error, for whoever edits the file, with the place and what is wrong. */
export function readDeviations(file: URL = deviationsFile): readonly Deviation[] {
  return readRules(file, vocabulary)
}

/** @throws Error where the value is not a list of deviations. */
export function checkDeviations(value: unknown): readonly Deviation[] {
  return checkRules(value, vocabulary)
}

export const partsIn: (rule: Deviation) => readonly Part[] = kindsIn
