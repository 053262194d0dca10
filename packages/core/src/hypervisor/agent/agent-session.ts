import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { DomainError, domainError, printable, quote } from '../../errors.ts'
import { readLine } from '../../qmp/framing.ts'
import type { Frame } from '../../qmp/framing.ts'
import { isRecord } from '../../qmp/shape.ts'
import type { Shape } from '../../qmp/shape.ts'
import type { AgentOptions } from '../interface/agent.ts'

/** A guest's agent whose answers belong to our questions. */
export interface AgentSession {
  /** @throws DomainError where the agent says no, nothing in time, or what is no answer. */
  execute(name: string, args?: Arguments): Promise<unknown>
  /** The same, where the answer must be of this shape. */
  ask<T>(name: string, shape: Shape<T>, args?: Arguments): Promise<T>
}

type Arguments = Readonly<Record<string, unknown>>

/** How long one command may take; libvirt's default is 5 s as well. */
const commandMs = 5000

/** A guest may send as much as it likes; no answer of an agent is longer. */
const maxReplyBytes = 16 * 1024 * 1024

/**
 * Talks to a guest's agent and hangs up. What an earlier client left unread is skipped: the first
 * command is a sync, and nothing counts before its own answer.
 */
export async function withAgent<T>(
  path: string,
  talk: (agent: AgentSession) => Promise<T>,
  { timeoutMs = commandMs, signal }: AgentOptions = {},
): Promise<T> {
  const socket = await open(path, timeoutMs)
  const lines = new Lines(socket)
  const say = (message: object): void => {
    if (signal?.aborted === true) throw aborted()
    socket.write(`${JSON.stringify(message)}\n`)
  }
  try {
    const id = randomInt(1, 2 ** 31)
    // Ends whatever an earlier client left half said.
    socket.write(Buffer.of(0xff))
    say({ execute: 'guest-sync-delimited', arguments: { id } })
    const deadline = performance.now() + timeoutMs
    for (;;) {
      // Answers to a client that has gone come first.
      const left = Math.max(0, deadline - performance.now())
      const name = 'guest-sync-delimited'
      const frame = await lines.next({ name, limitMs: left, shownMs: timeoutMs, signal })
      // What is no JSON at all is what a guest says that is no agent.
      if (frame.kind === 'message' && frame.message['return'] === id) break
    }
    const execute: AgentSession['execute'] = async (name, args) => {
      say({ execute: name, ...(args && { arguments: args }) })
      const wait = { name, limitMs: timeoutMs, shownMs: timeoutMs, signal }
      return answerOf(name, await lines.next(wait))
    }
    return await talk({
      execute,
      async ask<A>(name: string, shape: Shape<A>, args?: Arguments) {
        const answer = await execute(name, args)
        const problem = shape.problem(answer, 'return')
        if (problem === undefined) return answer as A
        throw domainError('ERR_INTERNAL_ERROR', `unexpected answer to '${name}': ${problem}`)
      },
    })
  } finally {
    socket.destroy()
  }
}

function answerOf(name: string, frame: Frame): unknown {
  if (frame.kind === 'malformed') {
    throw domainError(
      'ERR_INTERNAL_ERROR',
      `the agent's answer to '${name}' is ${frame.reason}: ${quote(frame.text)}`,
    )
  }
  const { message } = frame
  if (Object.hasOwn(message, 'return')) return message['return']
  if (Object.hasOwn(message, 'error')) {
    const { class: kind, desc } = isRecord(message['error']) ? message['error'] : {}
    const unknown = kind === 'CommandNotFound'
    throw domainError(
      unknown ? 'ERR_OPERATION_UNSUPPORTED' : 'ERR_INTERNAL_ERROR',
      `unable to execute QEMU agent command '${name}': ${printable(typeof desc === 'string' ? desc.slice(0, 1024) : 'no reason given')}`,
    )
  }
  throw domainError('ERR_INTERNAL_ERROR', `the agent's answer to '${name}' is none`)
}

function open(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.setTimeout(timeoutMs, () => socket.destroy(silent('connect', timeoutMs)))
    socket.once('error', (cause) =>
      reject(
        cause instanceof DomainError
          ? cause
          : domainError(
              'ERR_AGENT_UNRESPONSIVE',
              `the channel of the guest's agent ${quote(path, 120)} cannot be opened: ${cause.message}`,
              { cause },
            ),
      ),
    )
    socket.once('connect', () => {
      socket.setTimeout(0)
      // From here on errors reach whoever waits for a line.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

const silent = (name: string, timeoutMs: number): DomainError =>
  domainError(
    'ERR_AGENT_UNRESPONSIVE',
    `the guest's agent did not answer '${name}' within ${timeoutMs / 1000} s; it may not run in the guest`,
  )

const aborted = (): DomainError =>
  domainError('ERR_OPERATION_ABORTED', `gave up asking the guest's agent`)

interface LineWait {
  /** What was asked. */
  readonly name: string
  readonly limitMs: number
  /** The limit that the user gave, of which this may be the rest. */
  readonly shownMs: number
  readonly signal: AbortSignal | undefined
}

/** Lines of JSON out of a stream that may say anything. */
class Lines {
  readonly #lines: Buffer[] = []
  /** The beginning of a line that has not ended. */
  #open: Buffer[] = []
  #openBytes = 0
  #wake: (() => void) | undefined
  #ended = false

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#add(chunk)
      this.#wake?.()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#wake?.()
    })
  }

  async next({ name, limitMs, shownMs, signal }: LineWait): Promise<Frame> {
    const deadline = performance.now() + limitMs
    for (;;) {
      const line = this.#take()
      if (line !== undefined) return line
      if (this.#openBytes > maxReplyBytes)
        throw domainError(
          'ERR_INTERNAL_ERROR',
          `the guest's agent sent more than ${maxReplyBytes} bytes in one answer`,
        )
      if (signal?.aborted === true) throw aborted()
      if (this.#ended)
        throw domainError('ERR_AGENT_UNRESPONSIVE', `the channel of the guest's agent was closed`)
      const left = deadline - performance.now()
      if (left <= 0) throw silent(name, shownMs)
      await this.#wait(left, signal)
    }
  }

  #add(chunk: Buffer): void {
    let rest = chunk
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      this.#lines.push(Buffer.concat([...this.#open, rest.subarray(0, end)]))
      this.#open = []
      this.#openBytes = 0
      rest = rest.subarray(end + 1)
    }
    // What is too long already is not kept.
    if (this.#openBytes <= maxReplyBytes) this.#open.push(rest)
    this.#openBytes += rest.length
  }

  /** The next line that is not blank. */
  #take(): Frame | undefined {
    for (;;) {
      const bytes = this.#lines.shift()
      if (bytes === undefined) return undefined
      // Everything before 0xFF was for somebody else.
      const frame = readLine(bytes.subarray(bytes.lastIndexOf(0xff) + 1))
      if (frame !== undefined) return frame
    }
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
      this.#wake = done
    })
  }
}
