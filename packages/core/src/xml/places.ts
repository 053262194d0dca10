import type { Place } from '../errors.ts'

/** Turns offsets into places; rising offsets cost one reading of the text. */
export function placesOf(text: string): (offset: number) => Place {
  let line = 1
  let lineStart = 0
  let newline = text.indexOf('\n')
  return (offset) => {
    if (offset < lineStart) {
      line = 1
      lineStart = 0
      newline = text.indexOf('\n')
    }
    while (newline !== -1 && newline < offset) {
      line++
      lineStart = newline + 1
      newline = text.indexOf('\n', lineStart)
    }
    return { line, column: offset - lineStart + 1 }
  }
}
