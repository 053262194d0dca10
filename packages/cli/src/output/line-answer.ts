import type { Answer } from '../command.ts'
import { printable } from '../core.ts'

/** A text on a line of its own. */
export function lineAnswer(text: string): Answer {
  return { text: `${printable(text)}\n`, json: text }
}

/** A text with nothing behind it: of some commands virsh ends the line, and leaves no empty one. */
export function nameAnswer(text: string): Answer {
  return { text: printable(text), json: text }
}

/** Texts, each on a line of its own. */
export function linesAnswer(texts: readonly string[]): Answer {
  return { text: texts.map((text) => `${printable(text)}\n`).join(''), json: texts }
}
