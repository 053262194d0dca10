import { CommandError, NotOffered, UsageError } from './command-error.ts'
import { commandOf } from './command-index.ts'
import type { Answer, Context } from './command.ts'
import type { Interrupts } from './interrupts.ts'
import { printAnswer, printTrailer } from './output/print-answer.ts'
import { reportError } from './output/report-error.ts'
import { parseCommand } from './parse/parse-command.ts'
import type { ParsedCommand } from './parse/parse-command.ts'
import type { Session } from './session.ts'

/** How a row of commands ended. */
export interface Outcome {
  readonly code: number
  /** The shell is to end. */
  readonly quit: boolean
}

/**
 * Understands all commands before the first one runs, so that a slip in the last stops them all,
 * as in virsh.
 *
 * @throws UsageError
 */
async function parseCommands(
  commands: readonly (readonly string[])[],
): Promise<readonly ParsedCommand[]> {
  const parsed: ParsedCommand[] = []
  for (const line of commands) {
    const found = await commandOf(line)
    if (found === undefined) throw await unknownCommand(line[0] ?? '')
    try {
      parsed.push(parseCommand(found.command, found.words))
    } catch (error) {
      if (!(error instanceof NotOffered)) throw error
      const { explainMissingOption } = await import('./unknown-command.ts')
      throw explainMissingOption(error)
    }
  }
  return parsed
}

async function unknownCommand(name: string): Promise<CommandError> {
  const { explainUnknownCommand } = await import('./unknown-command.ts')
  return explainUnknownCommand(name)
}

/** Runs commands one after the other, also after one has failed; the last one's code counts. */
async function runCommands(
  session: Session,
  commands: readonly ParsedCommand[],
  interrupts: Interrupts,
): Promise<Outcome> {
  let code = 0
  for (const parsed of commands) {
    const settings = parsed.json ? { ...session.settings, json: true } : session.settings
    const interrupt = interrupts.listen(parsed.command.graceMs)
    const context = session.context(interrupt.signal, settings)
    // Not performance.now(): what is behind it takes a millisecond to load.
    const started = process.hrtime.bigint()
    try {
      const answer = await runOne(parsed, context)
      code = answer.code ?? (answer.failed === true ? 1 : 0)
      if (answer.quit === true) return { code, quit: true }
      printAnswer(answer, settings, session.output)
    } catch (error) {
      code = interrupt.signal.aborted ? 130 : codeOf(error, parsed)
      reportError(error, { output: session.output, json: settings.json, debug: settings.debug })
    } finally {
      interrupt.stop()
    }
    printTrailer(settings, session.output, Number(process.hrtime.bigint() - started) / 1e6)
    if (code === 130) break
  }
  return { code, quit: false }
}

function codeOf(error: unknown, { command }: ParsedCommand): number {
  const own = error instanceof CommandError ? error.exitCode : undefined
  return own ?? command.troubleCode ?? 1
}

async function runOne(parsed: ParsedCommand, context: Context): Promise<Answer> {
  if (!parsed.help) return parsed.command.run(context, parsed.options)
  const { formatCommandHelp } = await import('./format-help.ts')
  return { text: formatCommandHelp(parsed.command) }
}

/** Parses and runs; a slip in the command line is reported without virsh's blank line. */
export async function parseAndRun(
  session: Session,
  read: () => readonly (readonly string[])[],
  interrupts: Interrupts,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Outcome> {
  let words: readonly (readonly string[])[] = []
  let commands: readonly ParsedCommand[]
  try {
    words = read()
    commands = await parseCommands(words)
    await prepare()
  } catch (error) {
    const { json, debug } = session.settings
    // Commands that do not parse cannot say `--json` reliably; the option before them can.
    reportError(error, { output: session.output, json, debug })
    if (!(error instanceof UsageError) && session.interactive) session.output.write('\n')
    return { code: await troubleCode(words), quit: false }
  }
  return runCommands(session, commands, interrupts)
}

/** As after running them, the last command's code counts. */
async function troubleCode(commands: readonly (readonly string[])[]): Promise<number> {
  const found = await commandOf(commands.at(-1) ?? [])
  return found?.command.troubleCode ?? 1
}
