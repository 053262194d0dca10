import { readFile } from 'node:fs/promises'
import { domainError, printable } from '../errors.ts'
import { findProcesses, stopProcess } from '../run/index.ts'

/** Ends the helpers that have one of these words on their command lines, which nothing else has. */
export async function stopHelpersBy(words: readonly string[], what: string): Promise<void> {
  for (const { identity } of findProcesses((argv) => argv.some((one) => words.includes(one))))
    await stopProcess(identity, { what })
}

export interface HelperStart {
  readonly program: string
  readonly args: readonly string[]
  /** Programs that execute it in their place. */
  readonly launcher?: readonly [string, ...string[]]
  /** Gets what it says; in the run's folder, with which it goes. */
  readonly said: string
  /** What of its words is the reason; all of them where it is left out. */
  readonly reasonIn?: (words: string) => string
  /** What brings it where it is not there, and what goes without it. */
  readonly missing: string
  /** Where the document asks for it. */
  readonly path: string
}

/** How long a helper may take until it serves. */
const readyMs = 10_000

/**
 * Starts a program that serves a guest's QEMU, and comes back from the background call when it is ready.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with the path, and the helper's own last words.
 */
export async function startHelper(start: HelperStart): Promise<void> {
  const { program, args, launcher, said, missing, path, reasonIn = (words) => words } = start
  const { execa } = await import('execa')
  const [first, ...before] = launcher === undefined ? [program] : [...launcher, program]
  const result = await execa(first, [...before, ...args], {
    // A daemon keeps what it was given open, so it is given no pipe of ours.
    reject: false,
    timeout: readyMs,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: { file: said },
  })
  if (result.exitCode === 0) return
  const words = await readFile(said, 'utf8').catch(() => '')
  const why =
    result.code === 'ENOENT'
      ? `it is not installed; ${missing}`
      : printable(reasonIn(words).trim() || result.shortMessage || 'it did not say why')
  throw domainError('ERR_OPERATION_FAILED', `${program} cannot be started: ${why}`, { path })
}
