import { domainError, printable, quote } from '../errors.ts'
import type { DomainError } from '../errors.ts'

export interface RunProgramOptions {
  /** How long it may take; 30 s where nothing is said. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Given to its standard input; it has none otherwise. */
  readonly input?: string | Uint8Array
  /** What brings the program, for one that is not installed: `apt-get install iproute2`. */
  readonly install?: string
  /** Called with each piece of its output as it comes; progress ends with `\r`. */
  readonly onOutput?: (text: string) => void
  /** Ends of the program that are no failure, beside 0. */
  readonly expected?: readonly number[]
}

export interface ProgramResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** What a program that is asked a question may answer. */
const maxOutputBytes = 16 * 1024 * 1024

/**
 * Runs a program to its end: arguments as an array and no shell, a scrubbed environment, nothing on
 * its input. It ends with this process, with the signal, and with its time.
 *
 * @throws DomainError with the program's own last words; `ERR_OPERATION_ABORTED` or
 * `ERR_OPERATION_TIMEOUT` where it was ended; how to install it where it is not there.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<ProgramResult> {
  const { timeoutMs = 30_000, signal, input, expected = [] } = options
  signal?.throwIfAborted()
  const { execa } = await import('execa')
  const child = execa(program, args, {
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
    preferLocal: false,
    shell: false,
    reject: false,
    timeout: timeoutMs,
    maxBuffer: maxOutputBytes,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal && { cancelSignal: signal }),
  })
  const { onOutput } = options
  if (onOutput !== undefined) {
    child.stdout.on('data', (piece: Buffer) => onOutput(piece.toString('utf8')))
  }
  const result = await child
  if (result.exitCode === 0 || expected.includes(result.exitCode ?? -1)) {
    return { exitCode: result.exitCode ?? 0, stdout: result.stdout, stderr: result.stderr }
  }
  throw failure({ program, args, timeoutMs, ...options }, result)
}

interface Failed {
  readonly exitCode?: number | undefined
  readonly code?: string | undefined
  readonly stderr: string
  readonly isCanceled: boolean
  readonly timedOut: boolean
  readonly shortMessage?: string | undefined
}

type Attempt = RunProgramOptions & {
  readonly program: string
  readonly args: readonly string[]
  readonly timeoutMs: number
}

function failure({ program, args, timeoutMs, install }: Attempt, result: Failed): DomainError {
  const line = quote([program, ...args].join(' '), 300)
  if (result.code === 'ENOENT') {
    const way = install === undefined ? '' : `; install it with: ${install}`
    return domainError('ERR_OPERATION_FAILED', `the program '${program}' is not installed${way}`)
  }
  if (result.isCanceled) return domainError('ERR_OPERATION_ABORTED', `${line} was given up`)
  if (result.timedOut) {
    const message = `${line} did not end within ${timeoutMs / 1000} s`
    return domainError('ERR_OPERATION_TIMEOUT', message)
  }
  const said = result.stderr.trim().split('\n').slice(-8).map(printable).join('\n')
  const why = said === '' ? (result.shortMessage ?? 'it did not say why') : said
  return domainError('ERR_OPERATION_FAILED', `${line}: ${why}`)
}
