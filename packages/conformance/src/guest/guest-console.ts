import { stripVTControlCharacters } from 'node:util'
import { GuestError } from './guest-error.ts'
import { Patience, type PatienceOptions } from './patience.ts'

/** The host's end of a guest's serial line: a socket, a pty, or the pipes of a process. */
export interface ConsoleTransport {
  readonly output: AsyncIterable<Uint8Array>
  write(text: string): void
}

export interface WaitOptions extends PatienceOptions {
  /** A kernel panic is what is wanted, so do not stop at one. */
  readonly panicIsFine?: boolean
}

const maxKeptLines = 50_000
const maxLineBytes = 16_384
const checkMs = 250

/**
 * Reads a guest's console line by line and writes to it. Lines are consumed in order: each wait
 * goes on where the last one found what it was waiting for.
 */
export class GuestConsole {
  readonly #transport: ConsoleTransport
  readonly #lines: string[] = []
  #dropped = 0
  #next = 0
  #partial = ''
  #bytes = 0
  #ended = false
  #wake: () => void = () => {}

  constructor(transport: ConsoleTransport) {
    this.#transport = transport
    void this.#read()
  }

  /** Everything the guest has written, as far as it is kept. */
  get transcript(): string {
    return [...this.#lines, this.#partial].join('\n')
  }

  send(line: string): void {
    this.#transport.write(`${line}\n`)
  }

  /** The next line that `find` gives something for; each line is shown to it once. */
  async next<T>(
    what: string,
    find: (line: string) => T | undefined,
    options: WaitOptions = {},
  ): Promise<T> {
    const started = Date.now()
    const patience = new Patience(options, started)
    for (let seen = this.#bytes; ;) {
      const found = this.#scan(find, options.panicIsFine ?? false, what)
      if (found !== undefined) return found
      options.signal?.throwIfAborted()
      if (this.#ended) throw this.#failure(what, 'its console was closed')
      if (this.#bytes !== seen) {
        seen = this.#bytes
        patience.moved(Date.now())
      }
      const verdict = patience.verdict(Date.now())
      if (verdict !== undefined) throw this.#failure(what, verdict)
      options.onProgress?.({
        elapsedMs: Date.now() - started,
        bytes: this.#bytes,
        lastLine: this.#lastLine(),
      })
      await this.#changed()
    }
  }

  #scan<T>(
    find: (line: string) => T | undefined,
    panicIsFine: boolean,
    what: string,
  ): T | undefined {
    for (; this.#next < this.#dropped + this.#lines.length; this.#next++) {
      const line = this.#lines[Math.max(0, this.#next - this.#dropped)] ?? ''
      const found = find(line)
      if (found !== undefined) {
        this.#next++
        return found
      }
      if (!panicIsFine && line.includes('Kernel panic - not syncing')) {
        throw this.#failure(what, 'its kernel panicked')
      }
    }
    return undefined
  }

  async #read(): Promise<void> {
    // Characters may be cut in two by the stream; guests that are not text are still bytes.
    const decoder = new TextDecoder()
    try {
      for await (const chunk of this.#transport.output) {
        this.#bytes += chunk.length
        this.#add(decoder.decode(chunk, { stream: true }))
        this.#wake()
      }
    } catch {
      // A connection that QEMU resets as it goes ends the console as a clean one does.
    }
    this.#ended = true
    this.#wake()
  }

  #add(text: string): void {
    const lines = (this.#partial + text).split('\n')
    this.#partial = (lines.pop() ?? '').slice(-maxLineBytes)
    for (const line of lines) {
      this.#lines.push(stripVTControlCharacters(line.replace(/\r+$/, '')).slice(0, maxLineBytes))
    }
    const surplus = this.#lines.length - maxKeptLines
    if (surplus > 0) {
      this.#lines.splice(0, surplus)
      this.#dropped += surplus
      this.#next = Math.max(this.#next, this.#dropped)
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, checkMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #lastLine(): string {
    const shown = stripVTControlCharacters(this.#partial).trim()
    return shown === '' ? (this.#lines.findLast((line) => line.trim() !== '') ?? '') : shown
  }

  #failure(what: string, why: string): GuestError {
    const tail = [...this.#lines.slice(-15), this.#partial].join('\n').trim()
    return new GuestError(
      `waiting for ${what}, but ${why}. ` +
        (tail === '' ? 'The guest wrote nothing.' : `Its last lines:\n${tail}`),
    )
  }
}
