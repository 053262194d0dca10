import { UsageError } from '../command-error.ts'
import type { Options } from '../command.ts'
import { nearest } from '../core.ts'

/** The words of an option that takes several, separated by commas; undefined where it is missing. */
export function wordsOf(options: Options, name: string): readonly string[] | undefined {
  const text = options.text(name)
  return text === undefined
    ? undefined
    : text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '')
}

/**
 * Refuses words that nobody knows, all at once, with the nearest known one.
 *
 * @throws UsageError
 */
export function checkKnown(what: string, words: readonly string[], known: readonly string[]): void {
  const unknown = words.filter((word) => !known.includes(word))
  const [first] = unknown
  if (first === undefined) return
  const near = nearest(first, known)
  const names = unknown.map((word) => `'${word}'`).join(', ')
  throw new UsageError(
    `unknown ${what}${unknown.length > 1 ? 's' : ''} ${names}`,
    near === undefined ? offered(known) : `did you mean '${near}'?`,
  )
}

/** More than these are not read. */
const shownWords = 20

function offered(words: readonly string[]): string {
  // An architecture may be called as a guest of it.
  const known = [...new Set(words)]
  if (known.length === 0) return 'none is known here'
  const more = known.length > shownWords ? `, and ${known.length - shownWords} more` : ''
  return `known: ${known.slice(0, shownWords).join(', ')}${more}`
}
