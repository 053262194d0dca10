/** What is not seen, changes the direction of what is, or is no character. */
const hidden =
  /[^\P{Control}\t\n]|[\p{Format}\p{Line_Separator}\p{Paragraph_Separator}\p{Surrogate}\p{Noncharacter_Code_Point}]/gu

/**
 * Text of documents, guests and emulators as a reader can trust it: what would be invisible is
 * shown, control characters as their pictures, the rest as `\u{202e}`. Tabs and line breaks stay.
 * What is left is valid in XML 1.0.
 */
export const visibleText = (text: string): string => text.replaceAll(hidden, shown)

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code)
  return code === 0x7f ? '\u2421' : `\\u{${code.toString(16)}}`
}
