import { execa } from 'execa'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with each line of the output as it comes. */
  readonly onLine?: (line: string) => void
  /** Ends the program, and throws its reason. */
  readonly signal?: AbortSignal
}

export interface ProgramResult {
  readonly outcome: 'succeeded' | 'failed' | 'missing'
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end. Arguments are an array, no shell is involved; how it ends is an answer.
 *
 * @throws only the signal's reason.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, onLine, signal }: RunOptions = {},
): Promise<ProgramResult> {
  const running = execa(program, args, {
    stdin: 'ignore',
    reject: false,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  })
  if (onLine !== undefined) for await (const line of running) onLine(line)
  const result = await running
  signal?.throwIfAborted()
  const outcome = result.failed ? (result.code === 'ENOENT' ? 'missing' : 'failed') : 'succeeded'
  return { outcome, stdout: result.stdout ?? '', stderr: result.stderr ?? result.message ?? '' }
}
