import type { GuestConsole, WaitOptions } from './guest-console.ts'

/** What a command printed in the guest, and its exit status. */
export interface GuestReply {
  readonly output: string
  readonly status: number
}

/**
 * Runs one of the agent's commands that reply: `echo TEXT`, `cat PATH`, `run SHELL COMMAND`. One at
 * a time: replies come in the order of the commands.
 */
export async function guestCommand(
  console: GuestConsole,
  command: string,
  options: WaitOptions = {},
): Promise<GuestReply> {
  if (/[\r\n]/.test(command)) throw new TypeError('a guest command is one line')
  console.send(command)
  const number = await console.next(
    `the guest to obey '${command}'`,
    (line) => /^=== polyvirt reply (\d+) begin ===$/.exec(line)?.[1],
    options,
  )
  const lines: string[] = []
  const end = new RegExp(`^(.*)=== polyvirt reply ${number} end (\\d+) ===$`)
  const status = await console.next(
    `the guest to finish '${command}'`,
    (line) => {
      const [, rest, status] = end.exec(line) ?? []
      if (status === undefined) {
        lines.push(line)
        return undefined
      }
      // Output need not end with a newline.
      if (rest) lines.push(rest)
      return Number(status)
    },
    options,
  )
  return { output: lines.join('\n'), status }
}
