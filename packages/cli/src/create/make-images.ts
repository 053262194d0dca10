import { execFile } from 'node:child_process'
import { open, unlink } from 'node:fs/promises'
import type { DiskRequest } from './disk-request.ts'
import { refused } from './split-spec.ts'
import { strerror } from '../core.ts'

/** Images that were made, which go again where what they were made for fails. */
export interface MadeImages {
  remove(): Promise<void>
}

/**
 * Makes the images that are to be made, readable by nobody else. All of them, or none.
 *
 * @throws CommandError that names the option, with what qemu-img said.
 */
export async function makeImages(
  disks: readonly DiskRequest[],
  signal: AbortSignal,
): Promise<MadeImages> {
  const made: string[] = []
  const remove = async (): Promise<void> => {
    for (const path of made) await unlink(path).catch(() => undefined)
  }
  try {
    for (const { path, sizeBytes, format } of disks) {
      if (path === undefined || sizeBytes === undefined) continue
      await reserve(path)
      made.push(path)
      await qemuImg(['create', '-q', '-f', format, path, String(sizeBytes)], signal)
    }
  } catch (error) {
    await remove()
    throw error
  }
  return { remove }
}

/** The file is there, and ours alone, before anything is in it. */
async function reserve(path: string): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600)
    await handle.close()
  } catch (error) {
    throw refused('disk', `${path} cannot be made: ${strerror(error)}`)
  }
}

function qemuImg(words: readonly string[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // A name that looks like a protocol or an option must stay a name.
  const safe = words.map((word) => (word.includes(':') ? `file:${word}` : word))
  const options = { signal, timeout: 60_000, env: { ...process.env, LC_ALL: 'C' } }
  execFile('qemu-img', safe, options, (error, _stdout, stderr) => {
    if (error === null) resolve()
    else if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      reject(
        refused(
          'disk',
          'images are made by qemu-img, which is not installed',
          'install qemu-utils',
        ),
      )
    } else if (signal.aborted || error.signal === 'SIGINT') {
      // From a terminal, Ctrl-C reaches qemu-img as well, and that may be heard of first.
      reject(refused('disk', 'interrupted, and the image is not made'))
    } else {
      const said = stderr.trim().replace(/^qemu-img: /, '')
      reject(refused('disk', said === '' ? error.message : said))
    }
  })
  return promise
}
