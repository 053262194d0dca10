import { createInterface } from 'node:readline'
import type { Session } from '../session.ts'
import type { LineSource } from './run-shell.ts'

/** Lines of a pipe or a file; each is shown after the prompt, as virsh shows them. */
export function readPlainLines({ terminal, output, settings }: Session): LineSource {
  const lines = createInterface({ input: terminal.input, crlfDelay: Infinity })
  const iterator = lines[Symbol.asyncIterator]()
  return {
    async next(prompt) {
      const { value, done } = await iterator.next()
      // Programs that ask for JSON want nothing else on standard output.
      const echo = done === true ? prompt : `${prompt}${value}\n`
      if (!settings.json) output.write(echo)
      return done === true ? undefined : value
    },
    close: () => lines.close(),
  }
}
