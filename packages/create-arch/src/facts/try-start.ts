import { withProbe } from '@polyvirt/core'
import type { ProbeSession } from '@polyvirt/core'

/** A board of an emulator, to be started without a guest. */
export interface BoardQuestion {
  /** The emulator itself, behind all links. */
  readonly emulator: string
  readonly machine: string
  readonly workDir: string
  /** A file with nothing in it, where the board does not start without firmware. */
  readonly firmware?: string
  readonly signal?: AbortSignal
}

/** Starts the board with these words besides, and asks it something. @throws what QEMU says. */
export function withBoard<T>(
  { emulator, machine, workDir, firmware, signal }: BoardQuestion,
  words: readonly string[],
  ask: (session: ProbeSession) => Promise<T>,
): Promise<T> {
  return withProbe(
    { emulator, workDir, ...(signal !== undefined && { signal }) },
    [
      ...['-machine', machine, '-accel', 'tcg'],
      ...(firmware === undefined ? [] : ['-bios', firmware]),
      ...words,
    ],
    ask,
  )
}

/** Whether the board starts with these words; QEMU's own sentence where it does not. */
export async function tryStart(
  question: BoardQuestion,
  words: readonly string[],
): Promise<string | undefined> {
  try {
    await withBoard(question, words, ({ qmp }) => qmp.execute('query-status'))
    return undefined
  } catch (error) {
    question.signal?.throwIfAborted()
    return lastWords(error)
  }
}

/** QEMU's own sentence, without the program that says it and the option that it is about. */
export function lastWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const line = message.trim().split('\n').at(-1) ?? ''
  const signal = /exited by signal (\w+): .* said nothing$/.exec(line)?.[1]
  if (signal !== undefined) return `it ends by ${signal}`
  return line
    .replace(/^.*qemu-system-[\w.-]+'?: /, '')
    .replace(/^-\w+ \S+: /, '')
    .trim()
}
