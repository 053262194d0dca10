/** Turns Ctrl-C into an abort of what is running. */
export interface Interrupts {
  /**
   * From now until `stop`, an interrupt aborts the signal; what has not ended `graceMs` later is
   * ended. 3 s where nothing is said.
   */
  listen(graceMs?: number): { readonly signal: AbortSignal; stop(): void }
}

export interface InterruptOptions {
  readonly on: (handler: () => void) => void
  readonly off: (handler: () => void) => void
  /** Ends the process where a command does not end by itself. */
  readonly exit: () => void
}

/** Long enough to say how far a command came, too short to feel stuck. */
const usualGraceMs = 3000

/** Interrupts from a source such as SIGINT; a second one, or a command that lingers, ends it all. */
export function createInterrupts({ on, off, exit }: InterruptOptions): Interrupts {
  return {
    listen(graceMs = usualGraceMs) {
      const controller = new AbortController()
      let deadline: NodeJS.Timeout | undefined
      const handler = (): void => {
        if (controller.signal.aborted) exit()
        controller.abort()
        deadline = setTimeout(exit, graceMs).unref()
      }
      on(handler)
      let listening = true
      return {
        signal: controller.signal,
        stop() {
          if (listening) off(handler)
          listening = false
          clearTimeout(deadline)
        },
      }
    },
  }
}
