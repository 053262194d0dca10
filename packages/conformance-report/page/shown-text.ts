import { visibleText } from '../src/visible-text.ts'

/** A browser lays out as much at once; documents made to do harm have megabytes. */
const maxLength = 200_000

/** Text as it is shown: what would be invisible is seen, and of a very long one the beginning. */
export function shownText(text: string): string {
  const left = text.length - maxLength
  if (left <= 0) return visibleText(text)
  return `${visibleText(text.slice(0, maxLength))}\n… ${left} more characters: see the JSON report …`
}
