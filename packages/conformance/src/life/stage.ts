/** Where acts are played, and where it is told what becomes of them. */
export interface Stage {
  readonly signal: AbortSignal
  /** Says in one line how far it has got. */
  progress(line: string): void
  /** Writes a line down that stays with the result. */
  note(line: string): void
}
