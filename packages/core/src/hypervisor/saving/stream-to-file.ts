import type { FileHandle } from 'node:fs/promises'
import { chmod, chown, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { domainError } from '../../errors.ts'
import type { RunUser } from '../../run/run-user.ts'

/** Takes QEMU's stream from a socket: a confined QEMU opens no file and starts no program. */
export interface StreamReceiver extends AsyncDisposable {
  /** The number of bytes, once QEMU has hung up. */
  readonly done: Promise<number>
}

/** Where QEMU is to connect to. */
export interface StreamSocket {
  readonly path: string
  /** QEMU's user, where it is not its caller: to connect is to write. */
  readonly owner: RunUser | undefined
}

/** Where the stream of a run is taken; whoever finds it there after its taker died removes it. */
export function streamSocket(stateDir: string): string {
  return `${stateDir}/save.sock`
}

/**
 * Listens for one connection and writes what comes behind a position of the file. Where it fails,
 * nothing is left of it.
 */
export async function receiveStream(
  { path: socketPath, owner }: StreamSocket,
  file: FileHandle,
  position: number,
): Promise<StreamReceiver> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // Whoever gives up does not wait for it.
  promise.catch(() => undefined)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    server.close()
    sockets.add(socket)
    // Whoever reads is told; without a listener it would end the process.
    socket.on('error', () => undefined)
    write(socket, file, position).then(resolve, reject)
  })
  // Whoever calls holds the domain: a socket that is there is of one who died over it.
  await rm(socketPath, { force: true })
  try {
    await new Promise<void>((listening, failed) => {
      server.once('error', failed)
      server.listen(socketPath, listening)
    })
    // QEMU without root's powers needs the right to write; its folder is private.
    await chmod(socketPath, 0o600)
    if (owner !== undefined) await chown(socketPath, owner.uid, owner.gid)
  } catch (error) {
    server.close()
    await rm(socketPath, { force: true })
    throw error
  }
  return {
    done: promise,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      reject(domainError('ERR_OPERATION_ABORTED', 'nobody waits for the stream any more'))
      // One that cannot be removed, tried again, is no reason to give up a save: it goes with the run's folder.
      const remove = (): Promise<void> => rm(socketPath, { force: true })
      await remove().catch(() => remove().catch(() => undefined))
    },
  }
}

async function write(socket: Socket, file: FileHandle, position: number): Promise<number> {
  let at = position
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at)
      done += bytesWritten
      at += bytesWritten
    }
  }
  return at - position
}
