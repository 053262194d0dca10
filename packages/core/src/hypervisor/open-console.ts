import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { ReadStream } from 'node:tty'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import { isAlive, ownIdentity } from '../run/index.ts'
import type { ProcessIdentity } from '../run/index.ts'
import { consoleDevices } from './console-devices.ts'
import type { ConsoleOptions, ConsoleStream } from './hypervisor.ts'

/**
 * Connects to a console of a running guest.
 *
 * @throws DomainError when there is none, or somebody else is connected and `force` was not given.
 */
export async function openConsole(
  live: Domain,
  stateDir: string,
  options: ConsoleOptions,
): Promise<ConsoleStream> {
  const devices = consoleDevices(live)
  const device =
    options.device === undefined ? devices[0] : devices.find((one) => one.alias === options.device)
  if (device?.alias === undefined) {
    const offered = devices.map((one) => one.alias ?? '').join(', ')
    const which =
      options.device === undefined ? 'no console' : `no character device ${quote(options.device)}`
    throw domainError(
      'ERR_INTERNAL_ERROR',
      `domain ${quote(live.name)} has ${which} to connect to; it has: ${offered === '' ? 'none' : offered}`,
    )
  }
  const path = device.sources?.[0]?.path
  if (path === undefined) throw domainError('ERR_INTERNAL_ERROR', `${device.alias} has no path`)
  const lock = takeLock(`${stateDir}/console-${device.alias}.lock`, options.force === true)
  try {
    const socket = device.type === 'unix' ? await connectSocket(path) : openPty(path)
    return new StreamConsole(device.alias, socket, lock, options.signal)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Opening the slave end must neither block nor make it our controlling terminal. */
function openPty(path: string): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    const stream = new ReadStream(fd)
    // The guest's bytes come as they are: no echo, no line editing.
    stream.setRawMode(true)
    return stream
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

interface Lock {
  /** Still ours: another client may have taken it by force. */
  held(): boolean
  release(): void
}

function takeLock(path: string, force: boolean): Lock {
  // Two clients may be in one process, so the holder is more than the process.
  const own = JSON.stringify({ ...ownIdentity(), token: randomUUID() })
  const holder = readHolder(path)
  if (holder !== undefined && !force) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `Active console session exists for this domain (process ${holder.pid}); take it over with --force`,
    )
  }
  rmSync(path, { force: true })
  try {
    writeFileSync(path, own, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    throw domainError('ERR_OPERATION_FAILED', 'Active console session exists for this domain', {
      cause,
    })
  }
  const held = (): boolean => {
    try {
      return readFileSync(path, 'utf8') === own
    } catch {
      return false
    }
  }
  return {
    held,
    release: () => {
      if (held()) rmSync(path, { force: true })
    },
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
    return isAlive(identity) ? identity : undefined
  } catch {
    return undefined
  }
}

/** How soon a client notices that another has taken its console. */
const lockPollMs = 500

class StreamConsole implements ConsoleStream {
  readonly device: string
  readonly #socket: Socket
  readonly #lock: Lock
  readonly #poll: NodeJS.Timeout

  constructor(device: string, socket: Socket, lock: Lock, signal?: AbortSignal) {
    this.device = device
    this.#socket = socket
    this.#lock = lock
    // A pty whose guest has ended reads as EIO: that is the end, not an error.
    socket.on('error', () => socket.destroy())
    this.#poll = setInterval(() => {
      if (!lock.held()) socket.destroy()
    }, lockPollMs)
    this.#poll.unref()
    signal?.addEventListener('abort', () => socket.destroy(), { once: true })
    if (signal?.aborted === true) socket.destroy()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for await (const chunk of this.#socket) yield chunk as Uint8Array
    } catch {
      // Destroyed by close, by the signal, or by the end of the guest.
    }
  }

  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(data, (error) => (error ? reject(error) : resolve()))
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#poll)
    this.#lock.release()
    this.#socket.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
