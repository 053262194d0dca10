import type { DomainEvent } from '../hypervisor.ts'

export interface SuperviseOptions {
  /** Ends the supervision; nothing is lost by it. */
  readonly signal?: AbortSignal
  /** How often guests are looked at; 1 s. */
  readonly intervalMs?: number
  /** Starts domains that are marked for it, once, at the beginning. */
  readonly autostart?: boolean
  /** Is told of each thing that happened, and of what failed. */
  readonly onEvent?: (event: DomainEvent) => void
  readonly onError?: (error: Error) => void
}

export interface AutostartResult {
  readonly name: string
  readonly uuid: string
  /** Why it did not start. */
  readonly error?: Error
}

/** What reacts while nobody looks. No guest needs it to run; what it settles waits for it, paused. */
export interface SupervisionVerbs {
  /**
   * Looks at all guests again and again: what ended is cleaned up, what stopped is restarted, ended or
   * kept as its definition says (`on_crash`, `on_reboot`, …), what others left half done is put right.
   * Resolves when the signal aborts. Any number of processes may do this; each thing is done once.
   */
  supervise(options?: SuperviseOptions): Promise<void>
  /** Starts every domain that is marked for it and is not active. One that fails keeps none from it. */
  connectAutostart(): Promise<readonly AutostartResult[]>
}
