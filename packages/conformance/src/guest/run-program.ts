import { execa } from 'execa'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with each line of the output as it comes. */
  readonly onLine?: (line: string) => void
}

export interface ProgramResult {
  readonly outcome: 'succeeded' | 'failed' | 'missing'
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. Arguments are an array, no shell is involved, nothing is thrown. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, onLine }: RunOptions = {},
): Promise<ProgramResult> {
  const running = execa(program, args, {
    stdin: 'ignore',
    reject: false,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  })
  if (onLine !== undefined) for await (const line of running) onLine(line)
  const result = await running
  const outcome = result.failed ? (result.code === 'ENOENT' ? 'missing' : 'failed') : 'succeeded'
  return { outcome, stdout: result.stdout ?? '', stderr: result.stderr ?? result.message ?? '' }
}
