/** One member of a newc archive: what Linux unpacks as its initramfs. */
export interface CpioEntry {
  /** Relative, without a leading slash: `bin/busybox`. */
  readonly path: string
  /** File type and permission bits, as in `stat.st_mode`. */
  readonly mode: number
  /** Contents of a file, target of a symbolic link; empty for directories and device nodes. */
  readonly data: Uint8Array
  /** Major and minor number of a device node. */
  readonly device?: readonly [major: number, minor: number]
}

const magic = '070701'
const headerBytes = 110
const trailer = 'TRAILER!!!'
const typeMask = 0o170000
const noData = new Uint8Array(0)

export const cpioDirectory = (path: string, permissions = 0o755): CpioEntry => ({
  path,
  mode: 0o040000 | permissions,
  data: noData,
})

export const cpioFile = (
  path: string,
  data: Uint8Array | string,
  permissions = 0o644,
): CpioEntry => ({
  path,
  mode: 0o100000 | permissions,
  data: typeof data === 'string' ? Buffer.from(data) : data,
})

export const cpioSymlink = (path: string, target: string): CpioEntry => ({
  path,
  mode: 0o120777,
  data: Buffer.from(target),
})

export const cpioCharacterDevice = (path: string, major: number, minor: number): CpioEntry => ({
  path,
  mode: 0o020600,
  data: noData,
  device: [major, minor],
})

export const isCpioFile = (entry: CpioEntry): boolean => (entry.mode & typeMask) === 0o100000
export const isCpioSymlink = (entry: CpioEntry): boolean => (entry.mode & typeMask) === 0o120000

/**
 * Writes a newc archive. Parent directories are added where no entry names them, because the
 * kernel drops a file whose directory is missing, without a word. Equal input gives equal bytes:
 * owner, times and inode numbers do not depend on the machine.
 */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const chunks: Buffer[] = []
  withParents(entries).forEach((entry, index) => chunks.push(...member(entry, index + 1)))
  chunks.push(...member({ path: trailer, mode: 0, data: noData }, 0))
  return Buffer.concat(chunks)
}

/** Reads a newc archive. Throws where the bytes are not one. */
export function readCpio(archive: Uint8Array): readonly CpioEntry[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const entries: CpioEntry[] = []
  for (let offset = 0; ;) {
    if (bytes.toString('latin1', offset, offset + 6) !== magic) {
      throw new Error(`not a newc archive: no member header at byte ${offset}`)
    }
    const field = (index: number): number => {
      const at = offset + 6 + index * 8
      return Number.parseInt(bytes.toString('latin1', at, at + 8), 16)
    }
    const [size, nameBytes] = [field(6), field(11)]
    const dataAt = offset + align(headerBytes + nameBytes)
    const nameAt = offset + headerBytes
    const path = bytes.toString('utf8', nameAt, nameAt + nameBytes - 1)
    if (path === trailer) return entries
    if (!(dataAt + size <= bytes.length)) throw new Error(`newc archive ends inside '${path}'`)
    const mode = field(1)
    const isDevice = (mode & typeMask) === 0o020000 || (mode & typeMask) === 0o060000
    entries.push({
      path: path.replace(/^\.?\/+/, ''),
      mode,
      data: bytes.subarray(dataAt, dataAt + size),
      ...(isDevice ? { device: [field(9), field(10)] as const } : {}),
    })
    offset = dataAt + align(size)
  }
}

function withParents(entries: readonly CpioEntry[]): readonly CpioEntry[] {
  const known = new Set<string>()
  const all: CpioEntry[] = []
  for (const entry of entries) {
    const names = entry.path.split('/')
    for (let depth = 1; depth < names.length; depth++) {
      const parent = names.slice(0, depth).join('/')
      if (!known.has(parent)) {
        known.add(parent)
        all.push(cpioDirectory(parent))
      }
    }
    if (known.has(entry.path)) continue
    known.add(entry.path)
    all.push(entry)
  }
  return all
}

function member(entry: CpioEntry, inode: number): readonly Buffer[] {
  const name = Buffer.from(`${entry.path}\0`)
  const [major, minor] = entry.device ?? [0, 0]
  const links = 1
  const fields = [
    inode,
    entry.mode,
    0, // uid
    0, // gid
    links,
    0, // mtime
    entry.data.length,
    0, // major and minor number of the archive's own file system
    0,
    major,
    minor,
    name.length,
    0, // checksum: newc leaves it zero
  ]
  const header = magic + fields.map((value) => value.toString(16).padStart(8, '0')).join('')
  return [pad(Buffer.concat([Buffer.from(header, 'latin1'), name])), pad(Buffer.from(entry.data))]
}

const align = (size: number): number => Math.ceil(size / 4) * 4

const pad = (data: Buffer): Buffer =>
  data.length % 4 === 0 ? data : Buffer.concat([data], align(data.length))
