/**
 * The first lines that fit into so many bytes of UTF-8, and a line that says what is left out. The
 * sections with the verdict come first, so they are never what is cut.
 */
export function cutLines(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const last = '\n\n… cut here; the HTML and JSON reports have everything.\n'
  const lines = text.split('\n')
  let bytes = Buffer.byteLength(last)
  const kept = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > maxBytes
  })
  return lines.slice(0, kept).join('\n') + last
}
