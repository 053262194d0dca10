import type { QmpTransport } from '../../src/qmp/index.ts'

export interface SentCommand {
  readonly execute: string
  readonly arguments?: Readonly<Record<string, unknown>>
  readonly id: string
}

/** The other end of a QMP connection, in memory; it does exactly what the test says. */
export interface FakePeer {
  readonly transport: QmpTransport
  /** Sends bytes, text as it is, or a message as QEMU would. */
  send(data: Uint8Array | string | object): void
  /** The next command of the client. */
  command(): Promise<SentCommand>
  /** Greets and agrees to the negotiation. */
  negotiate(): Promise<void>
  /** How often the client has asked for a parser reset. */
  readonly resyncs: number
  readonly closed: boolean
  hangUp(error?: Error): void
}

export const greeting = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: '' }, capabilities: ['oob'] },
}

export const parseError = {
  error: { class: 'GenericError', desc: "JSON parse error, stray '\\uFFFD'" },
}

/** A peer that answers a reset as QEMU does, unless told not to. */
export function createFakePeer(options: { readonly answersResync?: boolean } = {}): FakePeer {
  const outgoing = channel<Uint8Array>()
  const incoming = channel<SentCommand>()
  let closed = false
  let resyncs = 0
  const send: FakePeer['send'] = (data) => {
    if (data instanceof Uint8Array) outgoing.push(data)
    else if (typeof data === 'string') outgoing.push(Buffer.from(data))
    else outgoing.push(Buffer.from(`${JSON.stringify(data)}\r\n`))
  }
  return {
    transport: {
      readable: outgoing.read(),
      write(bytes) {
        if (closed) return Promise.reject(new Error('write after close'))
        if (bytes.length === 1 && bytes[0] === 0xff) {
          resyncs++
          if (options.answersResync !== false) send(parseError)
        } else incoming.push(JSON.parse(Buffer.from(bytes).toString()) as SentCommand)
        return Promise.resolve()
      },
      close() {
        closed = true
        outgoing.end()
      },
    },
    send,
    async command() {
      const next = await incoming.next()
      if (next === undefined) throw new Error('no more commands')
      return next
    },
    async negotiate() {
      send(greeting)
      const { id } = await this.command()
      send({ return: {}, id })
    },
    get resyncs() {
      return resyncs
    },
    get closed() {
      return closed
    },
    hangUp: (error) => outgoing.end(error),
  }
}

function channel<T>() {
  const items: T[] = []
  let ended = false
  let failure: Error | undefined
  let wake: (() => void) | undefined
  async function next(): Promise<T | undefined> {
    for (;;) {
      const item = items.shift()
      if (item !== undefined) return item
      if (failure) throw failure
      if (ended) return undefined
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    push(item: T): void {
      items.push(item)
      wake?.()
    },
    end(error?: Error): void {
      ended = true
      failure = error
      wake?.()
    },
    next,
    async *read(): AsyncGenerator<T> {
      for (let item = await next(); item !== undefined; item = await next()) yield item
    },
  }
}
