import type { Socket } from 'node:net'
import type { Random } from '../../mutants/random.ts'

/** Sizes of pieces; the first of all is what tears every character and every escape apart. */
const sizes = [1, 2, 7, 64, 1000, 65_536]

/** Sends bytes in pieces of sizes that chance chooses, each in a write of its own. */
export async function sendInChunks(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
  // What is long is sent in long pieces: a hundred million writes show nothing more.
  const least = bytes.length > 100_000 ? 65_536 : 1
  for (let at = 0; at < bytes.length;) {
    if (socket.destroyed || !socket.writable) return
    const size = Math.max(least, random.pick(sizes) ?? 1)
    const flows = socket.write(bytes.subarray(at, at + size))
    at += size
    // A turn of the loop between pieces keeps them from being joined.
    await (flows ? new Promise(setImmediate) : drained(socket))
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
