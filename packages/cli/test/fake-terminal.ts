import { PassThrough } from 'node:stream'
import type { Source } from '../src/terminal.ts'

/** A terminal's keyboard: what is typed arrives as bytes, and raw mode is remembered. */
export class FakeTerminal extends PassThrough implements Source {
  readonly isTTY = true
  readonly modes: boolean[] = []

  setRawMode(raw: boolean): this {
    this.modes.push(raw)
    return this
  }

  get raw(): boolean {
    return this.modes.at(-1) ?? false
  }
}

/** Waits until a condition holds; a test that waits in vain fails by its own time-out. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
