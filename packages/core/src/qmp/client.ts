import { quote } from '../errors.ts'
import { returnShapes } from './command-shapes.ts'
import type { QmpArguments, QmpCommandName, QmpReturn } from './commands.ts'
import { EventQueue } from './event-queue.ts'
import { readEvent } from './events.ts'
import type { QmpEvent } from './events.ts'
import { createFrameReader } from './framing.ts'
import { readGreeting } from './greeting.ts'
import type { QemuVersion, QmpGreeting } from './greeting.ts'
import { PendingCommands } from './pending-commands.ts'
import { MonitorError, QmpError, transportError } from './qmp-error.ts'
import { isRecord } from './shape.ts'
import type { Shape } from './shape.ts'
import type { QmpTransport } from './transport.ts'

export interface QmpConnectOptions {
  readonly transport: QmpTransport
  readonly signal?: AbortSignal
  /** Limit of greeting and negotiation together; 10 s. */
  readonly timeoutMs?: number
  /** Limit of the whole conversation, from here to its last answer; none where it is left out. */
  readonly conversationMs?: number
  /** Who is asked, for messages: `domain 'x'`. */
  readonly peer?: string
  /** Gets a line for everything odd that was survived. */
  readonly debug?: (line: string) => void
}

export interface QmpExecuteOptions {
  readonly signal?: AbortSignal
  /** 10 s. The command may still be carried out after it; only the answer is given up. */
  readonly timeoutMs?: number
}

/** `execute(name)`, `execute(name, args)` or `execute(name, args, options)`, as the command needs. */
type ExecuteParameters<Name extends QmpCommandName> =
  undefined extends QmpArguments<Name>
    ? [args?: QmpArguments<Name>, options?: QmpExecuteOptions]
    : [args: QmpArguments<Name>, options?: QmpExecuteOptions]

type Message = Readonly<Record<string, unknown>>

const defaultTimeoutMs = 10_000
const eventCapacity = 1000
/** A peer that breaks the protocol this often without one good answer between is given up. */
const maxViolations = 16

/**
 * The client's side of one QMP conversation.
 *
 * Every wait has a limit. An answer is delivered only to the command whose id it carries. A peer
 * that breaks the protocol costs the commands in flight, not the connection: the peer's parser is
 * reset with 0xFF and the next command works, so that the guest stays manageable.
 */
export class QmpClient implements AsyncDisposable {
  readonly #transport: QmpTransport
  readonly #peer: string
  readonly #deadline: number
  readonly #debug: (line: string) => void
  readonly #pending = new PendingCommands()
  readonly #subscribers = new Set<EventQueue<QmpEvent>>()
  /** Events since the connection was made, for whoever subscribes first. */
  #early: EventQueue<QmpEvent> | undefined = newQueue()
  readonly #greeting = Promise.withResolvers<QmpGreeting>()
  readonly #closed = Promise.withResolvers<MonitorError | undefined>()
  #version: QemuVersion | undefined
  #ended: { readonly error: MonitorError } | undefined
  #violations = 0
  /** Set while the answer to a 0xFF is due: commands sent before it have this number or less. */
  #resyncAfter: number | undefined

  /**
   * Waits for the greeting and negotiates. The transport belongs to the client from here on, and
   * is closed when this fails.
   *
   * QEMU serves one client at a time: while another program holds the monitor, the connection
   * stands but no greeting comes, and this rejects after `timeoutMs`.
   */
  static async connect(options: QmpConnectOptions): Promise<QmpClient> {
    const client = new QmpClient(options)
    void client.#read()
    try {
      await client.#negotiate(options)
      return client
    } catch (error) {
      await client.close()
      throw error
    }
  }

  private constructor(options: QmpConnectOptions) {
    this.#transport = options.transport
    this.#peer = options.peer ?? 'QEMU'
    this.#deadline = performance.now() + (options.conversationMs ?? Infinity)
    this.#debug = options.debug ?? (() => undefined)
    // Rejections of the greeting are reported by connect(), which may have stopped waiting.
    this.#greeting.promise.catch(() => undefined)
  }

  /** QEMU's version, from the greeting. */
  get version(): QemuVersion {
    if (!this.#version) throw new TypeError('not connected')
    return this.#version
  }

  /** Settles when the connection is over: with undefined after {@link close}, else with the cause. */
  get closed(): Promise<MonitorError | undefined> {
    return this.#closed.promise
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @throws {QmpError} QEMU said no.
   * @throws {MonitorError} there was no answer, or none that can be.
   */
  execute<Name extends QmpCommandName>(
    name: Name,
    ...[args, options]: ExecuteParameters<Name>
  ): Promise<QmpReturn<Name>> {
    return this.executeUnchecked(name, args as Message | undefined, options).then((value) => {
      const problem = returnShapes[name].problem(value, 'return')
      if (problem === undefined) return value
      throw this.#protocolError(`unexpected answer to '${name}': ${problem}`)
    })
  }

  /** A command this package has no types for, whose answer must be of this shape. */
  async ask<T>(name: string, shape: Shape<T>, args?: Message): Promise<T> {
    const value = await this.executeUnchecked(name, args)
    const problem = shape.problem(value, 'return')
    if (problem === undefined) return value as T
    throw this.#protocolError(`unexpected answer to '${name}': ${problem}`)
  }

  /** {@link execute} for a command this package has no types for, such as a user's own. */
  async executeUnchecked(
    name: string,
    args?: Message,
    options: QmpExecuteOptions = {},
  ): Promise<unknown> {
    const { signal } = options
    const left = Math.max(1, Math.ceil(this.#deadline - performance.now()))
    const timeoutMs = Math.min(options.timeoutMs ?? defaultTimeoutMs, left)
    if (this.#ended) throw this.#ended.error
    if (signal?.aborted === true) throw this.#abortError(name)
    const reply = Promise.withResolvers<Message>()
    const id = this.#pending.add(reply.resolve, reply.reject)
    const give = (error: MonitorError): void => {
      this.#pending.abandon(id)
      reply.reject(error)
    }
    const onAbort = (): void => give(this.#abortError(name))
    const limit = setTimeout(() => give(this.#timeoutError(name, timeoutMs)), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      this.#send({ execute: name, ...(args === undefined ? {} : { arguments: args }), id })
      return this.#readReply(name, await reply.promise)
    } finally {
      this.#pending.abandon(id)
      clearTimeout(limit)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /**
   * Events from now on, until the signal aborts or the connection ends; the first call also gets
   * those since the connection was made. A slow reader loses the oldest and gets `EVENTS_LOST`.
   */
  events(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<QmpEvent> {
    const { signal } = options
    const queue = this.#early ?? newQueue()
    this.#early = undefined
    if (this.#ended) queue.end()
    this.#subscribers.add(queue)
    // Here and not in the generator, whose body does not run before its first next().
    const cancel = (): void => {
      queue.cancel()
      this.#subscribers.delete(queue)
    }
    if (signal?.aborted === true) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    return this.#readEvents(queue, () => {
      signal?.removeEventListener('abort', cancel)
      cancel()
    })
  }

  /** Ends the conversation; commands in flight fail. */
  async close(): Promise<void> {
    this.#end(undefined)
    await this.#closed.promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #negotiate(options: QmpConnectOptions): Promise<void> {
    const { signal, timeoutMs = defaultTimeoutMs } = options
    if (signal?.aborted === true) throw this.#abortError('qmp_capabilities')
    const deadline = performance.now() + timeoutMs
    const onAbort = (): void => this.#greeting.reject(this.#abortError('qmp_capabilities'))
    const limit = setTimeout(() => this.#greeting.reject(this.#silentError(timeoutMs)), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      this.#version = (await this.#greeting.promise).version
    } finally {
      clearTimeout(limit)
      signal?.removeEventListener('abort', onAbort)
    }
    const left = Math.max(1, Math.ceil(deadline - performance.now()))
    await this.execute('qmp_capabilities', undefined, {
      timeoutMs: left,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async #read(): Promise<void> {
    const frames = createFrameReader()
    try {
      for await (const chunk of this.#transport.readable) {
        for (const frame of frames.push(chunk)) {
          if (this.#ended) return
          if (frame.kind === 'message') this.#receive(frame.message)
          else this.#violation(`${frame.reason}: ${quote(frame.text)}`)
        }
      }
      this.#end(new MonitorError('closed', `${this.#peer}: QEMU closed its monitor`))
    } catch (error) {
      this.#end(transportError(this.#peer, error))
    }
  }

  #receive(message: Message): void {
    if (!this.#version) return this.#receiveGreeting(message)
    if (Object.hasOwn(message, 'event')) this.#receiveEvent(message)
    else this.#receiveReply(message)
  }

  #receiveGreeting(message: Message): void {
    // QEMU greets a moment after it takes the connection, and may tell of something before: seen of
    // 7.2 under load. A peer that never greets is given up in time.
    if (Object.hasOwn(message, 'event') && typeof readEvent(message) !== 'string') return
    const greeting = readGreeting(message)
    if (typeof greeting === 'string') {
      this.#end(this.#protocolError(`${greeting}: ${quote(JSON.stringify(message).slice(0, 200))}`))
      return
    }
    this.#version = greeting.version
    this.#greeting.resolve(greeting)
  }

  #receiveEvent(message: Message): void {
    const event = readEvent(message)
    if (typeof event === 'string') {
      this.#debug(`${this.#peer}: ignored ${quote(event)}`)
      return
    }
    this.#early?.push(event)
    for (const subscriber of this.#subscribers) subscriber.push(event)
  }

  #receiveReply(message: Message): void {
    if (this.#resyncAfter !== undefined && isParseError(message)) {
      this.#resyncAfter = undefined
      return
    }
    const pending = this.#pending.take(message['id'])
    if (pending === 'late') {
      this.#debug(`${this.#peer}: discarded a late answer to ${quote(String(message['id']))}`)
      return
    }
    if (!pending) {
      const id = message['id']
      return this.#violation(
        id === undefined ? 'an answer without id' : `an answer to id ${quote(JSON.stringify(id))}`,
      )
    }
    this.#violations = 0
    // QEMU answers in order: the answer to the 0xFF is not coming any more.
    if (this.#resyncAfter !== undefined && pending.number > this.#resyncAfter) {
      this.#resyncAfter = undefined
    }
    pending.settle(message)
  }

  #readReply(command: string, reply: Message): unknown {
    if (Object.hasOwn(reply, 'error')) {
      const { error } = reply
      if (
        isRecord(error) &&
        typeof error['class'] === 'string' &&
        typeof error['desc'] === 'string'
      ) {
        throw new QmpError(command, error['class'], error['desc'])
      }
      throw this.#protocolError(`unexpected answer to '${command}': error: expected class and desc`)
    }
    if (Object.hasOwn(reply, 'return')) return reply['return']
    throw this.#protocolError(`unexpected answer to '${command}': neither return nor error`)
  }

  /** Costs what is in flight; the connection goes on from a known state, unless it never ends. */
  #violation(what: string): void {
    const error = this.#protocolError(what)
    this.#debug(error.message)
    if (!this.#version || ++this.#violations > maxViolations) return this.#end(error)
    this.#pending.failAll(error)
    if (this.#resyncAfter !== undefined) return
    this.#resyncAfter = this.#pending.last
    this.#write(Uint8Array.of(0xff))
  }

  #send(message: Message): void {
    this.#write(new TextEncoder().encode(`${JSON.stringify(message)}\r\n`))
  }

  #write(bytes: Uint8Array): void {
    this.#transport.write(bytes).catch((error: unknown) => {
      this.#end(transportError(this.#peer, error))
    })
  }

  #end(cause: MonitorError | undefined): void {
    if (this.#ended) return
    const error = cause ?? new MonitorError('closed', `${this.#peer}: the monitor was closed`)
    this.#ended = { error }
    this.#transport.close()
    this.#greeting.reject(error)
    this.#pending.failAll(error)
    this.#early?.end()
    for (const subscriber of this.#subscribers) subscriber.end()
    this.#closed.resolve(cause)
  }

  async *#readEvents(
    queue: EventQueue<QmpEvent>,
    done: () => void,
  ): AsyncGenerator<QmpEvent, void, undefined> {
    try {
      yield* queue.read()
    } finally {
      done()
    }
  }

  #protocolError(what: string): MonitorError {
    return new MonitorError(
      'protocol',
      `${this.#peer}: the QEMU monitor broke the protocol: ${what}`,
    )
  }

  #timeoutError(command: string, timeoutMs: number): MonitorError {
    return new MonitorError(
      'timeout',
      `${this.#peer}: QEMU did not answer '${command}' within ${seconds(timeoutMs)}`,
    )
  }

  #silentError(timeoutMs: number): MonitorError {
    const limit = seconds(timeoutMs)
    return new MonitorError(
      'timeout',
      `${this.#peer}: the QEMU monitor sent no greeting within ${limit}; it is in use by another program, or QEMU hangs`,
    )
  }

  #abortError(command: string): MonitorError {
    return new MonitorError('aborted', `${this.#peer}: gave up '${command}' as asked`)
  }
}

function newQueue(): EventQueue<QmpEvent> {
  return new EventQueue(eventCapacity, (count) => ({ name: 'EVENTS_LOST', data: { count } }))
}

/** QEMU's answer to the 0xFF that resets its parser. */
function isParseError(message: Message): boolean {
  const { error, id } = message
  return id === undefined && isRecord(error) && String(error['desc']).startsWith('JSON parse error')
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}
