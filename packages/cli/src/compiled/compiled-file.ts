import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'

/** What one script was compiled to. */
export interface CompiledScript {
  readonly name: string
  /** Of the script's file; what was compiled from another one is not this script. */
  readonly identity: string
  readonly data: Buffer
}

/** Tells a file of this format: what is raised when it changes. */
const magic = 'polyvirt compiled scripts 1\n'

/** Larger than everything there is to compile. */
const maxBytes = 64 * 1024 * 1024

interface Head {
  readonly scripts: readonly {
    readonly name: string
    readonly identity: string
    readonly size: number
  }[]
}

/**
 * The compiled scripts in a file, by name. None where it is not whole, or not ours: V8 believes what
 * it is given.
 */
export function readCompiled(path: string): ReadonlyMap<string, CompiledScript> | undefined {
  try {
    const all = readOwn(path)
    const headEnd = all.indexOf('\n', magic.length) + 1
    if (all.toString('latin1', 0, magic.length) !== magic || headEnd === 0) return undefined
    const { scripts } = JSON.parse(all.toString('utf8', magic.length, headEnd)) as Head
    let at = aligned(headEnd)
    const found = new Map<string, CompiledScript>()
    for (const { name, identity, size } of scripts) {
      found.set(name, { name, identity, data: all.subarray(at, at + size) })
      at += aligned(size)
    }
    return at === all.length ? found : undefined
  } catch {
    return undefined
  }
}

/** Replaces the file, whole or not at all; one that cannot be written costs the next run some time. */
export function writeCompiled(path: string, scripts: readonly CompiledScript[]): void {
  const head: Head = {
    scripts: scripts.map(({ name, identity, data }) => ({ name, identity, size: data.length })),
  }
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const temporary = `${path}.${process.pid}.new`
  try {
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      const first = Buffer.from(`${magic}${JSON.stringify(head)}\n`)
      const parts = [first, ...scripts.map(({ data }) => data)]
      const all = Buffer.concat(
        parts.flatMap((part) => [part, Buffer.alloc(aligned(part.length) - part.length)]),
      )
      for (let at = 0; at < all.length;) at += writeSync(file, all, at)
      // The name must not outlive a power cut that the content has not.
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch {
    rmSync(temporary, { force: true })
  }
}

/** V8 copies what does not begin at a word. */
function aligned(size: number): number {
  return Math.ceil(size / 8) * 8
}

function readOwn(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    const ours = found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
    if (!found.isFile() || !ours || found.size > maxBytes) throw new TypeError('not a file of ours')
    const all = Buffer.allocUnsafeSlow(found.size)
    let at = 0
    while (at < all.length) {
      const read = readSync(file, all, at, all.length - at, at)
      if (read === 0) throw new TypeError('cut off')
      at += read
    }
    return all
  } finally {
    closeSync(file)
  }
}
