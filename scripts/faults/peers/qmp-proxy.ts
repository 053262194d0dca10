import { rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { Random } from '../../mutants/random.ts'
import { sendInChunks } from './chunks.ts'
import { dial } from './dial.ts'

/** A line of QEMU: its greeting, an event, or the answer to a command. */
export interface QemuLine {
  readonly kind: 'greeting' | 'event' | 'reply'
  /** The command that is answered. */
  readonly command: string
  readonly text: string
}

/** What comes instead of a line: bytes, a pause, an end; the line itself where nothing is given. */
export type Instead = readonly (string | Buffer | { readonly pauseMs: number } | 'close')[]

export type Tamper = (line: QemuLine) => Instead | undefined

/** Stands between the monitor and whoever connects to it, and hands on what it likes. */
export class QmpProxy implements AsyncDisposable {
  readonly #path: string
  readonly #real: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #tamper: Tamper = () => undefined
  #random: Random

  static async open(path: string, random: Random): Promise<QmpProxy> {
    const real = `${path}.real`
    await rename(path, real)
    const proxy = new QmpProxy(path, real, random)
    await new Promise<void>((resolve) => proxy.#server.listen(path, resolve))
    return proxy
  }

  private constructor(path: string, real: string, random: Random) {
    this.#path = path
    this.#real = real
    this.#random = random
    this.#server = createServer((client) => void this.#serve(client))
  }

  /** The path of QEMU's own socket, to reach it beside the proxy. */
  get real(): string {
    return this.#real
  }

  /** What to do to lines from now on, cut by this chance. */
  arm(tamper: Tamper, random: Random): void {
    this.#tamper = tamper
    this.#random = random
  }

  disarm(): void {
    this.#tamper = () => undefined
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disarm()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await rm(this.#path, { force: true })
    await rename(this.#real, this.#path).catch(() => undefined)
  }

  async #serve(client: Socket): Promise<void> {
    client.on('error', () => client.destroy())
    this.#sockets.add(client)
    const qemu = await dial(this.#real).catch(() => undefined)
    if (qemu === undefined || client.destroyed) {
      client.destroy()
      qemu?.destroy()
      return
    }
    for (const socket of [client, qemu]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        qemu.destroy()
      })
    }
    const commands = new Map<string, string>()
    onLines(client, (line) => {
      const { id, execute } = readJson(line)
      if (typeof id === 'string') commands.set(id, String(execute))
      qemu.write(`${line}\r\n`)
    })
    let sent = Promise.resolve()
    onLines(qemu, (text) => {
      const message = readJson(text)
      const kind = 'QMP' in message ? 'greeting' : 'event' in message ? 'event' : 'reply'
      const command = commands.get(String(message['id'])) ?? ''
      sent = sent.then(() => this.#hand(client, { kind, command, text }))
    })
  }

  async #hand(client: Socket, line: QemuLine): Promise<void> {
    for (const part of this.#tamper(line) ?? [`${line.text}\r\n`]) {
      if (part === 'close') client.destroy()
      else if (typeof part === 'object' && 'pauseMs' in part)
        await new Promise((resolve) => setTimeout(resolve, part.pauseMs))
      else await sendInChunks(client, Buffer.from(part), this.#random)
    }
  }
}

/** Calls back with each line, without its end. The reset of QEMU's parser is handed to nobody. */
function onLines(socket: Socket, take: (line: string) => void): void {
  let text = ''
  socket.on('data', (data) => {
    text += data.toString('latin1').replaceAll('\u00ff', '')
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = text.slice(0, end).replace(/\r$/, '')
      text = text.slice(end + 1)
      if (line !== '') take(Buffer.from(line, 'latin1').toString('utf8'))
    }
  })
}

function readJson(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
