/**
 * What a slow reader of events has not read yet. Bounded: a flood costs the oldest entries, never
 * memory, and the reader is told how many it lost.
 */
export class EventQueue<T> {
  readonly #entries: T[] = []
  readonly #capacity: number
  readonly #lostMarker: (count: number) => T
  #lost = 0
  #ended = false
  #wake: (() => void) | undefined

  constructor(capacity: number, lostMarker: (count: number) => T) {
    this.#capacity = capacity
    this.#lostMarker = lostMarker
  }

  push(entry: T): void {
    if (this.#ended) return
    if (this.#entries.length >= this.#capacity) {
      this.#entries.shift()
      this.#lost++
    }
    this.#entries.push(entry)
    this.#wake?.()
  }

  /** Nothing more comes; what is queued is still read. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** Forgets what is queued, too. */
  cancel(): void {
    this.#entries.length = 0
    this.#lost = 0
    this.end()
  }

  async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      if (this.#lost > 0) {
        const lost = this.#lost
        this.#lost = 0
        yield this.#lostMarker(lost)
        continue
      }
      const next = this.#entries.shift()
      if (next !== undefined) {
        yield next
        continue
      }
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = undefined
    }
  }
}
