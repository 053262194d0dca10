import { rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { Random } from '../../mutants/random.ts'
import { sendInChunks } from './chunks.ts'

/** What an agent says to a command: bytes one after another, or that it hangs up. */
export type AgentAnswer = readonly (string | Buffer | 'close')[]

/** A command without its arguments; `sync` answers as an agent should. */
export type AgentScript = (command: string, sync: () => string) => AgentAnswer

/** Stands where the guest's channel ends, and says what a script says. */
export class FakeAgent implements AsyncDisposable {
  readonly #path: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #script: AgentScript = () => []
  #random: Random

  /** Puts itself in the place of a channel's socket. */
  static async open(path: string, random: Random): Promise<FakeAgent> {
    await rename(path, `${path}.real`)
    const agent = new FakeAgent(path, random)
    await new Promise<void>((resolve) => agent.#server.listen(path, resolve))
    return agent
  }

  private constructor(path: string, random: Random) {
    this.#path = path
    this.#random = random
    this.#server = createServer((socket) => this.#serve(socket))
  }

  say(script: AgentScript, random: Random): void {
    this.#script = script
    this.#random = random
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await rm(this.#path, { force: true })
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    let text = ''
    let sent = Promise.resolve()
    socket.on('data', (data) => {
      text += data.toString('latin1').replaceAll('\u00ff', '')
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        if (line.trim() !== '') sent = sent.then(() => this.#answer(socket, line))
      }
    })
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const { execute, arguments: args } = JSON.parse(line) as {
      readonly execute: string
      readonly arguments?: { readonly id?: number }
    }
    for (const part of this.#script(execute, () => `\u00ff{"return":${args?.id}}\n`)) {
      if (part === 'close') socket.destroy()
      else {
        const bytes = typeof part === 'string' ? Buffer.from(part, encodingOf(part)) : part
        await sendInChunks(socket, bytes, this.#random)
      }
    }
  }
}

/** The sync's mark is the byte 0xFF, and not a character. */
const encodingOf = (part: string): BufferEncoding => (part.startsWith('\u00ff') ? 'latin1' : 'utf8')
