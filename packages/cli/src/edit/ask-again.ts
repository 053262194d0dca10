import { createInterface } from 'node:readline/promises'
import type { Context } from '../command.ts'

export type Choice = 'again' | 'no' | 'without-validation' | 'force'

const help = `y - yes, start editor again
n - no, throw away my changes
i - turn off validation and try to redefine again
f - force, try to redefine again
? - print this help
`

/** What to do with a text that was not accepted: virsh's question. */
export function askAgain(context: Context): Promise<Choice> {
  return context.terminal.use(async () => {
    const { input, output } = context.terminal
    const lines = createInterface({ input, output })
    try {
      for (;;) {
        const answer = await lines.question('Failed. Try again? [y,n,i,f,?]: ')
        const choice = choices[answer.trim().toLowerCase()]
        if (choice !== undefined) return choice
        context.output.write(help)
      }
    } catch {
      // The end of input, or an interrupt: nothing more will be said.
      return 'no'
    } finally {
      lines.close()
    }
  })
}

const choices: Readonly<Record<string, Choice>> = {
  y: 'again',
  n: 'no',
  i: 'without-validation',
  f: 'force',
}
