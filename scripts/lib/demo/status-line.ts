/** The part of a terminal, or of a file, that a status line needs. */
export interface StatusOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const clearLine = '\r\u001b[2K'

/**
 * One line at the bottom of a terminal that says what is going on, below everything printed.
 * Where the output is no terminal there is no such line, and only what is printed remains.
 */
export class StatusLine {
  readonly #output: StatusOutput
  #text = ''

  constructor(output: StatusOutput) {
    this.#output = output
  }

  /** Prints a line that stays. */
  print(line: string): void {
    this.#output.write(this.#text === '' ? `${line}\n` : `${clearLine}${line}\n${this.#shown()}`)
  }

  /** Says something else from now on; nothing, for no status line at all. */
  set(text: string): void {
    if (this.#output.isTTY !== true || text === this.#text) return
    this.#text = text
    this.#output.write(`${clearLine}${this.#shown()}`)
  }

  /** Wider than the terminal it would wrap, and could not be cleared. */
  #shown(): string {
    const width = (this.#output.columns ?? 80) - 1
    return this.#text.length <= width ? this.#text : `${this.#text.slice(0, width - 1)}…`
  }
}
