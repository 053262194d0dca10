import { PassThrough } from 'node:stream'
import { GuestConsole } from '../../src/guest/guest-console.ts'

/** A console whose other end is the test itself. */
export function scriptedGuest(): {
  readonly console: GuestConsole
  readonly says: (text: string) => void
  readonly closes: () => void
  /** What the host has written so far. */
  readonly heard: readonly string[]
  /** Called with each thing the host writes. */
  onHear: (text: string) => void
} {
  const output = new PassThrough()
  const heard: string[] = []
  const guest = {
    console: new GuestConsole({
      output,
      write: (text) => {
        heard.push(text)
        guest.onHear(text)
      },
    }),
    says: (text: string) => void output.write(text),
    closes: () => void output.end(),
    heard,
    onHear: (_text: string): void => {},
  }
  return guest
}
