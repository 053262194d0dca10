import type { Interrupts } from '../interrupts.ts'
import { reportError } from '../output/report-error.ts'
import { splitCommands } from '../parse/split-commands.ts'
import { parseAndRun } from '../run-commands.ts'
import type { Session } from '../session.ts'
import { openEditor } from './line-editor.ts'
import { readPlainLines } from './plain-lines.ts'

/** Where lines come from: a person's line editor, or a pipe. */
export interface LineSource {
  /** The next line, or nothing at the end. */
  next(prompt: string): Promise<string | undefined>
  close(): void
}

/** virsh's shell: commands line by line until `quit` or the end of input; its exit code is 0. */
export async function runShell(
  session: Session,
  interrupts: Interrupts,
  prepare: () => Promise<void>,
): Promise<number> {
  try {
    await prepare()
  } catch (error) {
    const { json, debug } = session.settings
    reportError(error, { output: session.output, json, debug })
    return 1
  }
  session.interactive = true
  const { output, settings, terminal } = session
  if (!settings.quiet && !settings.json) output.write(welcome)
  const lines = terminal.input.isTTY === true ? openEditor(session) : readPlainLines(session)
  try {
    for (;;) {
      const line = await lines.next(session.readonly ? 'polyvirt > ' : 'polyvirt # ')
      if (line === undefined) break
      const { quit } = await parseAndRun(session, () => splitCommands(line), interrupts)
      if (quit || output.closed) break
    }
  } finally {
    lines.close()
  }
  if (!settings.json) output.write('\n')
  return 0
}

const welcome = `Welcome to polyvirt, the virtualization interactive terminal.

Type:  'help' for help with commands
       'quit' to quit

`
