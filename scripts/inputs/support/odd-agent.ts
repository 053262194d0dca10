import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'

/** A command to the agent. */
export interface AgentCommand {
  readonly execute: string
  readonly arguments?: Readonly<Record<string, unknown>>
}

/** The guest's end: does with each command what the test says; true where it has seen to it. */
export type AgentBehaviour = (command: AgentCommand, socket: Socket) => boolean | void

/** Stands where QEMU has the guest's channel. */
export interface OddAgent {
  behave(behaviour: AgentBehaviour): void
  /** Commands that came, without the syncs. */
  readonly heard: readonly string[]
  close(): Promise<void>
}

export const reply = (value: unknown): string => `${JSON.stringify({ return: value })}\n`

/** Answers the sync as an agent does, and everything else with nothing. */
export async function openOddAgent(path: string): Promise<OddAgent> {
  let behaviour: AgentBehaviour = () => undefined
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1').replaceAll('\u00ff', '')
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = text.slice(0, end).trim()
        text = text.slice(end + 1)
        if (line === '') continue
        const command = JSON.parse(line) as AgentCommand
        if (!command.execute.startsWith('guest-sync')) heard.push(command.execute)
        if (behaviour(command, socket) === true) continue
        if (!command.execute.startsWith('guest-sync')) continue
        const answer = Buffer.from(reply(command.arguments?.['id']))
        socket.write(Buffer.concat([Buffer.of(0xff), answer]))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    behave: (next) => {
      behaviour = next
      heard.length = 0
    },
    heard,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
