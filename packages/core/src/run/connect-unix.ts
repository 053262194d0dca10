import { statSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, quote } from '../errors.ts'
import { MonitorError } from '../qmp/qmp-error.ts'
import type { QmpTransport } from '../qmp/transport.ts'

export interface ConnectUnixOptions {
  readonly path: string
  /** How long to try again while nobody listens; 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Who listens there, for messages: `domain 'x'`. */
  readonly peer?: string
  /** Asked before each try: an error ends the wait, for the listener will never come. */
  readonly gone?: () => Error | undefined
}

/** `sun_path` of `struct sockaddr_un` holds 108 bytes, one of them the NUL. */
export const maxSocketPathBytes = 107

/** A guest waits for the one who waits for its monitor, so that one looks often. */
const retryMs = 2

/**
 * What each error says when it goes on. Nobody there yet, nobody there any more, or too many waiting: trying
 * again may help, and where it does not, `gone` knows why.
 */
const passing: Readonly<Record<string, string>> = {
  ENOENT: 'the socket does not exist',
  ECONNREFUSED: 'nobody listens',
  ECONNRESET: 'whoever listened ends before it takes the call',
  EAGAIN: 'too many wait there already; it is in use by another program, or QEMU hangs',
}

/** Refuses a path that a unix socket cannot have; Node would cut it and use another one. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (bytes > maxSocketPathBytes) {
    throw domainError(
      'ERR_INVALID_ARG',
      `the path of a unix socket takes at most ${maxSocketPathBytes} bytes, ${quote(path)} has ${bytes}`,
    )
  }
  if (!path.startsWith('/') || path.includes('\0')) {
    throw domainError('ERR_INVALID_ARG', `${quote(path)} is no absolute path of a unix socket`)
  }
}

/** Connects to a unix socket that may not be there yet. */
export async function connectUnix(options: ConnectUnixOptions): Promise<QmpTransport> {
  const { path, timeoutMs = 10_000, signal, gone, peer } = options
  const who = peer === undefined ? '' : `${peer}: `
  checkSocketPath(path)
  const deadline = performance.now() + timeoutMs
  for (;;) {
    if (signal?.aborted === true)
      throw new MonitorError('aborted', `gave up ${quote(path)} as asked`)
    const end = gone?.()
    if (end) throw end
    try {
      // Asking the name costs less than a socket, and this processor may be the one that the peer needs.
      statSync(path)
      return socketTransport(await connectOnce(path))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!Object.hasOwn(passing, code)) {
        throw new MonitorError(
          'closed',
          `${who}cannot connect to ${quote(path, 120)}: ${code}`,
          error,
        )
      }
      if (performance.now() + retryMs >= deadline) {
        throw new MonitorError(
          'timeout',
          `${who}cannot connect to ${quote(path, 120)} within ${timeoutMs / 1000} s: ${passing[code] ?? code}`,
          error,
        )
      }
      // Aborting ends the pause; the loop says so.
      await sleep(retryMs, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }
}

function connectOnce(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** A monitor over a socket that is connected already. */
export function socketTransport(socket: Socket): QmpTransport {
  // Errors reach the reader through the iterator; without a listener they would end the process.
  socket.on('error', () => undefined)
  return {
    readable: socket,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
    close: () => void socket.destroy(),
  }
}
