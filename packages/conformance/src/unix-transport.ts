import { createConnection } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { QmpTransport } from '@polyvirt/core/qmp'

const retryMs = 20

/** Connects to a monitor's socket as soon as it is there; `gone` ends the wait with its reason. */
export async function unixTransport(
  path: string,
  gone: () => string | undefined,
): Promise<QmpTransport> {
  for (;;) {
    const socket = createConnection(path)
    try {
      await new Promise((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('error', reject)
      })
      return {
        readable: socket,
        write: (bytes) =>
          new Promise((resolve, reject) => {
            socket.write(bytes, (error) => (error ? reject(error) : resolve()))
          }),
        close: () => void socket.destroy(),
      }
    } catch {
      socket.destroy()
      const reason = gone()
      if (reason !== undefined) throw new Error(reason)
      await setTimeout(retryMs)
    }
  }
}
