import type { MonitorError } from './qmp-error.ts'

/** A command that was sent and not answered. */
interface Pending {
  readonly number: number
  readonly settle: (reply: Readonly<Record<string, unknown>>) => void
  readonly fail: (error: MonitorError) => void
}

/** How many given-up commands are remembered so that their late answers are known as such. */
const maxAbandoned = 1024

/** Ids of the commands in flight, and of those whose callers no longer wait. */
export class PendingCommands {
  readonly #pending = new Map<string, Pending>()
  readonly #abandoned = new Set<string>()
  #last = 0

  /** Number of the last command sent; they count from 1. */
  get last(): number {
    return this.#last
  }

  add(settle: Pending['settle'], fail: Pending['fail']): string {
    const number = ++this.#last
    const id = `polyvirt-${number}`
    this.#pending.set(id, { number, settle, fail })
    return id
  }

  /** The command's number, `late` where nobody waits any more, undefined for an id never sent. */
  take(id: unknown): Pending | 'late' | undefined {
    if (typeof id !== 'string') return undefined
    const pending = this.#pending.get(id)
    if (pending) this.#pending.delete(id)
    else if (this.#abandoned.delete(id)) return 'late'
    return pending
  }

  abandon(id: string): void {
    if (!this.#pending.delete(id)) return
    this.#abandoned.add(id)
    const oldest = this.#abandoned.values().next()
    if (this.#abandoned.size > maxAbandoned && oldest.done !== true) {
      this.#abandoned.delete(oldest.value)
    }
  }

  failAll(error: MonitorError): void {
    for (const [id, pending] of this.#pending) {
      this.abandon(id)
      pending.fail(error)
    }
  }
}
