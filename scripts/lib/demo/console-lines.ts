import { stripVTControlCharacters } from 'node:util'

/**
 * Turns a guest's console output into lines that are safe and pleasant to show: without escape
 * sequences and control characters, and without the body of the agent's report.
 *
 * The returned function takes the next piece of output and gives the lines that it completes.
 */
export function consoleLines(): (chunk: Uint8Array) => readonly string[] {
  const decoder = new TextDecoder()
  let partial = ''
  let reportLines: number | undefined

  return (chunk) => {
    const pieces = (partial + decoder.decode(chunk, { stream: true })).split('\n')
    partial = (pieces.pop() ?? '').slice(-maxLineLength)
    return pieces.map(asSeen).filter((line) => {
      if (line === '') return false
      if (reportBegins.test(line)) reportLines = 0
      if (reportEnds.test(line)) reportLines = undefined
      return reportLines === undefined || reportLines++ === 0
    })
  }
}

const maxLineLength = 16_384
const reportBegins = /=== polyvirt report begin /
const reportEnds = /=== polyvirt report end /

/** A line as a terminal would leave it: firmware likes to write over what it has written. */
function asSeen(line: string): string {
  let text = stripVTControlCharacters(line).replace(/\r+$/, '')
  text = text.slice(text.lastIndexOf('\r') + 1)
  while (erased.test(text)) text = text.replace(erased, '')
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '').trimEnd()
}

// oxlint-disable-next-line no-control-regex -- a backspace and what it erases
const erased = /[^\b]\u0008/
