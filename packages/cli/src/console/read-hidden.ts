import { invalidArgument } from '../command-error.ts'
import type { Terminal } from '../terminal.ts'

const [interrupt, endOfText, backspace, rubout] = ['\u0003', '\u0004', '\b', '\u007f']

/**
 * One line from the terminal, of which nothing is shown as it is typed.
 *
 * @returns nothing where it is given up: by an interrupt, or an end before the line's.
 * @throws CommandError where the input is no terminal.
 */
export function readHidden(terminal: Terminal, prompt: string): Promise<string | undefined> {
  return terminal.use(async () => {
    const { input, output } = terminal
    if (input.isTTY !== true || input.setRawMode === undefined) {
      throw invalidArgument('there is no terminal to read from; use --file')
    }
    output.write(prompt)
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.resume()
    try {
      return await typedLine(input)
    } finally {
      input.setRawMode(false)
      input.pause()
      output.write('\n')
    }
  })
}

function typedLine(input: Terminal['input']): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let typed: string[] = []
  const take = (text: string | Buffer): void => {
    for (const key of String(text)) {
      if (key === '\r' || key === '\n') return finish(typed.join(''))
      if (key === interrupt || key === endOfText) return finish(undefined)
      if (key === backspace || key === rubout) typed = typed.slice(0, -1)
      else typed.push(key)
    }
  }
  const giveUp = (): void => finish(undefined)
  const finish = (line: string | undefined): void => {
    input.off('data', take)
    input.off('end', giveUp)
    resolve(line)
  }
  input.on('data', take)
  input.on('end', giveUp)
  return promise
}
