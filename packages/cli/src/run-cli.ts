import type { CatalogOptions } from './arch/arch-catalog.ts'
import { createArchCatalog } from './arch/arch-catalog.ts'
import { UsageError } from './command-error.ts'
import type { Interrupts } from './interrupts.ts'
import type { OpenHypervisor } from './open-hypervisor.ts'
import { Output } from './output/output.ts'
import type { Sink } from './output/output.ts'
import { reportError } from './output/report-error.ts'
import { parseGlobalOptions } from './parse/global-options.ts'
import type { GlobalOptions } from './parse/global-options.ts'
import { defaultSettings } from './parse/settings.ts'
import { parseAndRun } from './run-commands.ts'
import { Session } from './session.ts'
import { plainTerminal } from './terminal.ts'
import type { Source } from './terminal.ts'

/** One call of the CLI, with everything it may touch: tests give their own. */
export interface Invocation {
  /** The words after the program's name. */
  readonly words: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  readonly open: OpenHypervisor
  readonly interrupts: Interrupts
  /** Directories from which architecture packages are looked for. */
  readonly archesFrom: readonly string[]
}

/** Runs the CLI and resolves to its exit code: 0 done, 1 not, 130 interrupted. */
export async function runCli(invocation: Invocation): Promise<number> {
  const { words, environment, stdout, stderr } = invocation
  let options: GlobalOptions
  try {
    options = parseGlobalOptions(words)
  } catch (error) {
    const output = new Output({
      stdout,
      stderr,
      environment,
      noColor: words.includes('--no-color'),
    })
    reportError(error, { output, json: words.includes('--json'), debug: defaultSettings.debug })
    return 1
  }
  const noColor = options.settings.noColor
  const output = new Output({ stdout, stderr, environment, noColor })
  const code = await run(invocation, options, output)
  await output.flush()
  return lostOutput(output, options) ? 1 : code
}

async function run(
  invocation: Invocation,
  options: GlobalOptions,
  output: Output,
): Promise<number> {
  if (options.show !== undefined) return show(options.show, output)
  const session = openSession(invocation, options, output)
  const log = options.settings.logFile === undefined ? undefined : await openLog(options, output)
  for (const remark of options.remarks) output.writeError(`error: ${remark}\n`)
  try {
    const code = await runSession(session, invocation, options)
    log?.(`exit ${code}`)
    return code
  } finally {
    await session.close()
  }
}

async function runSession(
  session: Session,
  { interrupts }: Invocation,
  { rest, settings }: GlobalOptions,
): Promise<number> {
  // As virsh: a connection that was asked for is made before anything else is done.
  const prepare = async (): Promise<void> => {
    if (settings.uri !== undefined) await session.hypervisor()
  }
  if (rest.length === 0) {
    const { runShell } = await import('./shell/run-shell.ts')
    return runShell(session, interrupts, prepare)
  }
  const [first = ''] = rest
  if (rest.length > 1) return (await parseAndRun(session, () => [rest], interrupts, prepare)).code
  // virsh: an empty command line is nothing that could have been done.
  if (first === '') return 1
  const { splitCommands } = await import('./parse/split-commands.ts')
  return (await parseAndRun(session, () => splitCommands(first), interrupts, prepare)).code
}

function openSession(invocation: Invocation, { settings }: GlobalOptions, output: Output): Session {
  const { environment, stdout, open, archesFrom } = invocation
  const path = environment['POLYVIRT_ARCH_PATH']
  const catalog: CatalogOptions = {
    from: archesFrom,
    onBroken: (message) => session.warn(message),
    ...(path === undefined ? {} : { path }),
  }
  const arches = createArchCatalog(catalog)
  const terminal = plainTerminal(() => invocation.stdin, stdout)
  const session = new Session({ settings, output, terminal, environment, arches, open })
  return session
}

async function openLog(
  { settings, rest }: GlobalOptions,
  output: Output,
): Promise<((line: string) => void) | undefined> {
  const { openLogFile } = await import('./output/log-file.ts')
  try {
    const log = openLogFile(settings.logFile ?? '')
    log(`run ${rest.join(' ')}`)
    return log
  } catch {
    const error = new UsageError(`failed to open the log file. check the log file path`)
    reportError(error, { output, json: settings.json, debug: settings.debug })
    return undefined
  }
}

async function show(what: NonNullable<GlobalOptions['show']>, output: Output): Promise<number> {
  if (what === 'help') {
    const { formatUsage } = await import('./usage.ts')
    output.write(await formatUsage())
  } else {
    const { formatVersion } = await import('./version.ts')
    output.write(formatVersion(what === 'long-version'))
  }
  return 0
}

/** A full disk under standard output loses the answer, and an answer lost is a command failed. */
function lostOutput(output: Output, { settings }: GlobalOptions): boolean {
  if (output.failure === undefined) return false
  const { json, debug } = settings
  reportError(output.failure, { output, json, debug })
  return true
}
