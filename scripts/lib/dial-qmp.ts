import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { QmpTransport } from '@polyvirt/core/qmp'

/** Connects to a monitor's socket as soon as it listens; rejects when the signal comes first. */
export async function dialQmp(path: string, signal?: AbortSignal): Promise<QmpTransport> {
  for (;;) {
    signal?.throwIfAborted()
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      return {
        readable: socket,
        write: (bytes) =>
          new Promise((resolve, reject) => {
            socket.write(bytes, (error) => (error ? reject(error) : resolve()))
          }),
        close: () => socket.destroy(),
      }
    } catch {
      await sleep(2)
    }
  }
}
