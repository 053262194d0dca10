import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long to try: a QEMU that was stopped has a queue to work off first. */
const tries = 500

/** Connects to a QEMU's socket, and tries again where too many wait there already. */
export async function dial(path: string): Promise<Socket> {
  for (let left = tries; ; left--) {
    try {
      return await connectOnce(path)
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
      if (!busy || left === 0) throw error
      await sleep(20)
    }
  }
}

function connectOnce(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      // What breaks later is seen by its end.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}
