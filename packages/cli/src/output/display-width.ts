/** How many terminal columns a text takes: wide characters take two, combining ones none. */
export function displayWidth(text: string): number {
  // Nearly every cell is plain ASCII, and the table of a long list is on the start-up path.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) {
    if (/\p{Mark}|\p{Default_Ignorable_Code_Point}/u.test(character)) continue
    width += isWide(character) ? 2 : 1
  }
  return width
}

/** East Asian wide and full-width characters, and emoji that are drawn as pictures. */
function isWide(character: string): boolean {
  if (/\p{Emoji_Presentation}/u.test(character)) return true
  const code = character.codePointAt(0) ?? 0
  return wideRanges.some(([from, to]) => code >= from && code <= to)
}

const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
]
