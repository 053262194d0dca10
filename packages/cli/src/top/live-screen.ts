import type { Context } from '../command.ts'

/** A terminal that is written over, and given back as it was. */
export interface LiveScreen {
  show(text: string): void
  close(): void
}

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const restOfLine = '\u001b[K'
const restOfScreen = '\u001b[J'

/** The whole screen, with keys that are heard one by one; `onKey` gets each. */
export function openLiveScreen(
  { output, terminal }: Pick<Context, 'output' | 'terminal'>,
  onKey: (key: string) => void,
): LiveScreen {
  const { input } = terminal
  const listen = (data: Buffer | string): void => {
    for (const key of data.toString()) onKey(key)
  }
  const isRaw = input.isTTY === true && input.setRawMode !== undefined
  if (isRaw) {
    input.setRawMode?.(true)
    input.on('data', listen)
    input.resume()
  }
  output.write(enter)
  return {
    show: (text) => {
      // Line by line over what is there: clearing first would flicker.
      const lines = text.trimEnd().split('\n')
      output.write(`${home}${lines.join(`${restOfLine}\n`)}${restOfLine}${restOfScreen}`)
    },
    close: () => {
      output.write(leave)
      if (!isRaw) return
      input.off('data', listen)
      input.setRawMode?.(false)
      input.pause()
    },
  }
}
