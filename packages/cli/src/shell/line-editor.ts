import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { completions } from '../completions.ts'
import type { Session } from '../session.ts'
import { plainTerminal } from '../terminal.ts'
import { loadHistory, saveHistory } from './history.ts'
import type { LineSource } from './run-shell.ts'

/**
 * A person's lines: editing, history, completion.
 *
 * While a command runs, the terminal is in its usual mode, so that Ctrl-C reaches the command; a
 * command that reads the terminal itself has it alone.
 */
export function openEditor(session: Session): LineSource {
  const { input, output } = session.terminal
  const waiting: string[] = []
  let history = loadHistory(session.environment)
  let editor: Interface | undefined
  let wake: ((line: string | undefined) => void) | undefined

  const give = (line: string | undefined): void => {
    const receiver = wake
    wake = undefined
    if (receiver !== undefined) receiver(line)
    else if (line !== undefined) waiting.push(line)
  }
  const open = (): Interface => {
    const made = createInterface({
      input,
      output,
      terminal: true,
      history: [...history],
      historySize: 500,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void complete(session, line).then((result) => done(null, result))
      },
    })
    made.on('line', give)
    made.on('history', (now: string[]) => (history = now))
    made.on('SIGINT', () => {
      // As in a shell: the line is dropped, not the session.
      output.write('^C\n')
      made.write(null, { ctrl: true, name: 'u' })
      made.prompt()
    })
    made.on('close', () => {
      if (editor === made) give(undefined)
    })
    return made
  }
  const shut = (): void => {
    const open = editor
    editor = undefined
    open?.close()
  }
  session.terminal = {
    ...plainTerminal(() => input, output),
    use: (work) => {
      shut()
      return work()
    },
  }
  return {
    async next(prompt) {
      const ready = waiting.shift()
      if (ready !== undefined) return ready
      editor ??= open()
      input.setRawMode?.(true)
      editor.setPrompt(prompt)
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      wake = resolve
      editor.prompt()
      const line = await promise
      editor?.pause()
      input.setRawMode?.(false)
      return line
    },
    close: () => {
      shut()
      saveHistory(session.environment, history)
    },
  }
}

/** Completes the last command of the line; words in quotes are left to the user. */
async function complete(session: Session, line: string): Promise<[string[], string]> {
  const words = (line.split(';').at(-1) ?? '').trimStart().split(/\s+/)
  const context = session.context(new AbortController().signal, session.settings)
  const found = await completions(context, words)
  return [found.map((candidate) => `${candidate} `), words.at(-1) ?? '']
}
