import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createStyles, wantsColor } from './style.ts'
import type { Styles } from './style.ts'

/** A stream a command may print to; a terminal says so. */
export type Sink = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface OutputOptions {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly environment: NodeJS.ProcessEnv
  readonly noColor: boolean
  /** Called once when nobody reads standard output any more. */
  readonly onClosed?: () => void
}

/**
 * Where commands print.
 *
 * A reader that has gone (`| head -1`) is no error: what follows is dropped and the command runs
 * to its end, so that `polyvirt start web | true` still starts it. Any other failure to write (a
 * full disk) is one, because the data is lost.
 */
export class Output {
  readonly styles: Styles
  readonly errorStyles: Styles
  readonly isTerminal: boolean
  readonly isErrorTerminal: boolean
  readonly #options: OutputOptions
  #closed = false
  #held = false
  #failure: Error | undefined

  constructor(options: OutputOptions) {
    const { stdout, stderr, environment, noColor } = options
    this.#options = options
    this.isTerminal = stdout.isTTY === true
    this.isErrorTerminal = stderr.isTTY === true
    this.styles = createStyles(wantsColor(stdout, environment, noColor))
    this.errorStyles = createStyles(wantsColor(stderr, environment, noColor))
    stdout.on('error', (error: NodeJS.ErrnoException) => this.#fail(error))
    // Nobody is left to tell when standard error fails.
    stderr.on('error', () => {})
  }

  /** True when the reader of standard output has gone. */
  get closed(): boolean {
    return this.#closed
  }

  /** Width of the terminal, if it is one. */
  get columns(): number | undefined {
    return this.#options.stdout.columns
  }

  /** Height of the terminal, if it is one. */
  get rows(): number | undefined {
    return this.#options.stdout.rows
  }

  /** Why standard output lost data, if it did. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** What is written in one go reaches a pipe in one piece: whoever reads it is woken once. */
  write(text: string | Uint8Array): void {
    if (this.#closed || text.length === 0) return
    const { stdout } = this.#options
    if (!this.#held && !this.isTerminal) {
      this.#held = true
      stdout.cork()
      process.nextTick(() => this.#release())
    }
    stdout.write(text)
  }

  /** Like {@link write}, and waits until the bytes are on their way: for streams without end. */
  async writeAll(data: Uint8Array): Promise<void> {
    if (this.#closed) return
    this.#release()
    await new Promise<void>((resolve) => this.#options.stdout.write(data, () => resolve()))
  }

  writeError(text: string): void {
    if (text.length === 0) return
    // Both may be one file, where what was said first stands first.
    this.#release()
    this.#options.stderr.write(text)
  }

  /** Resolves when everything written has been handed to the system. */
  async flush(): Promise<void> {
    // What fails is told a moment later.
    if (this.#release()) await setImmediate()
    await Promise.all(
      [this.#options.stdout, this.#options.stderr].map(
        (stream) =>
          new Promise<void>((resolve) => {
            if (stream.destroyed || stream.writableLength === 0) resolve()
            else stream.write('', () => resolve())
          }),
      ),
    )
  }

  /** Hands over what was held; false where nothing was. */
  #release(): boolean {
    if (!this.#held) return false
    this.#held = false
    this.#options.stdout.uncork()
    return true
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (!this.#closed && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') {
      this.#failure = error
    }
    this.#closed = true
    this.#options.onClosed?.()
  }
}
