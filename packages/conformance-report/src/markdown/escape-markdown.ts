import { visibleText } from '../visible-text.ts'

const maxLength = 300

/**
 * Text within a line of Markdown that stays text: every character that could begin markup, HTML, a
 * link or a formula is an entity, and entities begin nothing. Line breaks become blanks; what is
 * long is cut.
 */
export const escapeMarkdown = (text: string): string =>
  oneLine(text)
    .replaceAll(/[&<>\\`*_{}[\]()#+!|~$:=^"'@]/g, entity)
    .replaceAll(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`)

/** The same as code; GitHub looks for no names of people and issues in it. */
export const codeMarkdown = (text: string): string => `<code>${escapeMarkdown(text)}</code>`

function oneLine(text: string): string {
  const line = visibleText(text).replaceAll(/\s+/g, ' ').trim()
  // A pair must not be cut in two.
  return line.length <= maxLength ? line : `${visibleText(line.slice(0, maxLength))}…`
}

const entity = (character: string): string => `&#${character.codePointAt(0)};`
