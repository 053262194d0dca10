import { displayWidth } from '../../output/display-width.ts'

/** A text that takes no more columns than these; what is cut off shows as an ellipsis. */
export function cutText(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  if (columns < 1) return ''
  let cut = ''
  let width = 0
  for (const character of text) {
    const next = width + displayWidth(character)
    if (next > columns - 1) break
    cut += character
    width = next
  }
  return `${cut}…`
}
