import type { Readable } from 'node:stream'
import type { Sink } from './output/output.ts'

/** Standard input: a terminal can be switched to raw mode. */
export type Source = Readable & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/** What an interactive command needs of the terminal it runs on. */
export interface Terminal {
  readonly input: Source
  readonly output: Sink
  /**
   * Runs work that reads the terminal itself (a console, an editor); the shell's own line editor
   * lets go of it meanwhile.
   */
  use<T>(work: () => Promise<T>): Promise<T>
}

/** A terminal that nobody else reads. Its input is made when it is first read: few commands do. */
export function plainTerminal(input: () => Source, output: Sink): Terminal {
  return {
    get input() {
      return input()
    },
    output,
    use: (work) => work(),
  }
}
