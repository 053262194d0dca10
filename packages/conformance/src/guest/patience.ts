/** What a wait shows while it lasts. */
export interface ConsoleProgress {
  readonly elapsedMs: number
  /** Bytes the guest has written since it was opened. */
  readonly bytes: number
  /** Its latest line, without escape sequences. */
  readonly lastLine: string
}

export interface PatienceOptions {
  /** A guest that writes nothing for this long has stopped. Default: 60 s. */
  readonly quietMs?: number
  /** No guest may take longer, however much it writes. Default: 20 min. */
  readonly limitMs?: number
  /**
   * Processor time the emulator has used so far. With it, silence counts only while the guest
   * computes, so that a loaded machine does not pass for a hanging guest; one that does not even
   * compute is given up after four times as long.
   */
  readonly cpuMs?: () => number | undefined
  readonly onProgress?: (progress: ConsoleProgress) => void
  readonly signal?: AbortSignal
}

/**
 * {@link PatienceOptions.quietMs} for a guest that starts anew in the same QEMU. A kernel that unpacks itself
 * over pages of which TCG has translations has each of its stores looked up among those. One that chooses no
 * other place at each start, such as a mainframe's where no random numbers are, is silent for 108 s of
 * processor time, where its first start takes 9 s (QEMU 7.2).
 */
export const restartQuietMs = 300_000

const idleFactor = 4

/**
 * Decides when to stop waiting for a guest. Emulation may be a hundred times slower than hardware,
 * and slower still on a shared machine, so what counts is whether the guest gets on.
 */
export class Patience {
  readonly #quietMs: number
  readonly #limitMs: number
  readonly #cpuMs: () => number | undefined
  readonly #startedMs: number
  #movedMs: number
  #movedCpuMs: number | undefined

  constructor(options: PatienceOptions, nowMs: number) {
    this.#quietMs = options.quietMs ?? 60_000
    this.#limitMs = options.limitMs ?? 1_200_000
    this.#cpuMs = options.cpuMs ?? (() => undefined)
    this.#startedMs = nowMs
    this.#movedMs = nowMs
    this.#movedCpuMs = this.#cpuMs()
  }

  /** The guest has written something. */
  moved(nowMs: number): void {
    this.#movedMs = nowMs
    this.#movedCpuMs = this.#cpuMs()
  }

  /** Why to stop waiting, or undefined to go on. */
  verdict(nowMs: number): string | undefined {
    const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
    const elapsed = nowMs - this.#startedMs
    if (elapsed > this.#limitMs) return `it took longer than ${seconds(this.#limitMs)}`
    const quiet = nowMs - this.#movedMs
    if (quiet <= this.#quietMs) return undefined
    const cpu = this.#cpuMs()
    if (cpu !== undefined && this.#movedCpuMs !== undefined) {
      const computed = cpu - this.#movedCpuMs
      if (computed <= this.#quietMs && quiet <= this.#quietMs * idleFactor) return undefined
      return `it wrote nothing for ${seconds(quiet)}, in which it computed for ${seconds(computed)}`
    }
    return `it wrote nothing for ${seconds(quiet)}`
  }
}
