import type { Lab } from './lab.ts'

/** What one trial came to. */
export type Verdict =
  | { readonly kind: 'passed' }
  /** The fault was never reached, such as a connect that this run did not need. */
  | { readonly kind: 'untouched' }
  | { readonly kind: 'failed'; readonly problems: readonly string[] }

/** A row made ready in one worker's folder. */
export interface Bench extends AsyncDisposable {
  /** Names of all trials at full scale; a name and the command's seed repeat a trial exactly. */
  readonly points: readonly string[]
  trial(point: string): Promise<Verdict>
}

/** One line of the plan: what is done to what, so many times. */
export interface Row {
  /** `inject/start`, `random/cli`, `peers/qmp`. */
  readonly name: string
  readonly what: string
  open(lab: Lab): Promise<Bench>
}

/** A verdict of the problems that were found, of which there may be none. */
export function verdictOf(problems: readonly string[]): Verdict {
  return problems.length === 0 ? { kind: 'passed' } : { kind: 'failed', problems }
}
