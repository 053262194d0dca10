import { displayWidth } from '../../src/output/display-width.ts'

// oxlint-disable-next-line eslint/no-control-regex -- what a terminal acts on
const sequence = /^\x1b\[(\??)(\d*)([A-Za-z])/

/** A terminal as far as the live table needs one: what stands on it after all that was written. */
export class TinyTerminal {
  readonly lines: string[] = ['']
  #row = 0
  #columns: number
  /** The longest that a frame took to be whole, in writes. */
  writes = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  write(text: string): void {
    this.writes++
    let rest = text
    while (rest !== '') {
      const found = sequence.exec(rest)
      if (found !== null) {
        this.#act(found[1] ?? '', Number(found[2] || 1), found[3] ?? '')
        rest = rest.slice(found[0].length)
        continue
      }
      const [character = ''] = rest
      rest = rest.slice(character.length)
      if (character === '\r') this.#column = 0
      else if (character === '\n') this.#next()
      else this.#put(character)
    }
  }

  /** What a person reads, without blank lines at the end. */
  get text(): string {
    return this.lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  #column = 0

  #put(character: string): void {
    const width = displayWidth(character)
    if (this.#column + width > this.#columns) this.#next()
    const line = (this.lines[this.#row] ?? '').padEnd(this.#column)
    this.lines[this.#row] =
      `${line.slice(0, this.#column)}${character}${line.slice(this.#column + 1)}`
    this.#column += width
  }

  #next(): void {
    this.#row++
    this.#column = 0
    this.lines[this.#row] ??= ''
  }

  #act(mark: string, count: number, letter: string): void {
    if (mark === '?' || letter === 'm') return
    if (letter === 'A') this.#row = Math.max(0, this.#row - count)
    else if (letter === 'K')
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column)
    else if (letter === 'J') {
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column)
      this.lines.length = this.#row + 1
    } else throw new Error(`the table writes ${letter}, which this terminal does not know`)
  }
}
