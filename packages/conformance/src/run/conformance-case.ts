import type { CaseResult, Evidence, Face, Tier } from '@polyvirt/conformance-report'

/** One scenario, or one law, on one machine in one tier: what can be tried by itself. */
export interface ConformanceCase {
  /** `GUEST/MACHINE/TIER/SCENARIO`; the same on every machine, so that runs can be compared. */
  readonly id: string
  /** Name of the architecture's driver. */
  readonly arch: string
  readonly guest: string
  /** Machine profile; `any` for what holds for the architecture as such. */
  readonly machine: string
  readonly tier: Tier
  readonly scenario: string
  /** A sentence about the domain. */
  readonly title: string
  readonly face: Face
  /** Limit for a runner that wants one; what takes longer hangs. */
  readonly timeoutMs: number
  /** Why this machine cannot try it; then {@link run} is not called. */
  readonly notRun?: string
  /** What of the target's tables this case reaches when it runs: `device:disk/virtio`. */
  readonly reaches: readonly string[]
  /**
   * Tries it, and leaves evidence as it comes: also where it fails in the end.
   *
   * @throws whatever shows that it does not hold.
   */
  run(context: CaseContext): void | Promise<void>
}

/** What a case may use while it runs. */
export interface CaseContext {
  readonly signal: AbortSignal
  /** Adds to the evidence; a member that is left again replaces the one before. */
  leave(evidence: Evidence): void
  /** Says in one line how far it has got: a guest's last words, a package being fetched. */
  progress(line: string): void
}

/** What became of the cases so far. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly notRun: number
}

/** How many cases one group has. */
export interface CaseGroup {
  readonly guest: string
  readonly machine: string
  readonly tier: Tier
  readonly total: number
}

/** What a run tells while it lasts; the table that is drawn of it is the caller's. */
export type ConformanceEvent =
  /** First of all, once: everything that will be tried. */
  | { readonly kind: 'planned'; readonly total: number; readonly groups: readonly CaseGroup[] }
  | { readonly kind: 'started'; readonly case: CaseHead }
  /** How far a running case has got. */
  | { readonly kind: 'progress'; readonly id: string; readonly line: string }
  | {
      readonly kind: 'finished'
      readonly case: CaseResult
      readonly done: number
      readonly total: number
      readonly counts: Counts
      /** Guess of the time that is left, from earlier durations; absent while there is nothing to go by. */
      readonly remainingMs?: number
    }
  /** About no case: `asking qemu-system-ppc64 what it can do`. */
  | { readonly kind: 'note'; readonly line: string }

/** A case without what it does: survives `structuredClone`. */
export type CaseHead = Omit<ConformanceCase, 'run'>
