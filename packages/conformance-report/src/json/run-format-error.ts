/** A text that is no run of this format: names the place, what was found and what is wanted. */
export class RunFormatError extends Error {
  override readonly name = 'RunFormatError'
  /** `cases[3].tier`; empty for the whole text. */
  readonly path: string

  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`)
    this.path = path
  }
}
