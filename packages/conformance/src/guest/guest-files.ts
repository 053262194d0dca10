import { type CpioEntry, isCpioFile, isCpioSymlink } from './cpio.ts'

/**
 * The files a guest copied, by absolute path: for a fact that a `GuestReport` has no member for,
 * and as a recording of a machine.
 */
export interface GuestFiles {
  bytes(path: string): Uint8Array | undefined
  /** Text without a trailing newline. */
  text(path: string): string | undefined
  /** Names directly below a directory, sorted as the kernel numbers things: `input2`, `input10`. */
  list(path: string): readonly string[]
  /** Path below `/sys/devices` that a link in `/sys/bus` or `/sys/class` leads to. */
  device(path: string): string | undefined
  /** Name of the driver bound to a device given as `/sys/bus/BUS/devices/NAME`. */
  driver(path: string): string | undefined
}

/** Makes the archive that a guest sent searchable. */
export function guestFiles(entries: readonly CpioEntry[]): GuestFiles {
  const files = new Map<string, Uint8Array>()
  const links = new Map<string, string>()
  const children = new Map<string, Set<string>>()
  for (const entry of entries) {
    // A pattern that matched nothing leaves a path with a star.
    if (entry.path.includes('*')) continue
    const [, tree, path = ''] = /^(files|links|drivers)(\/.*)$/.exec(entry.path) ?? []
    if (tree === 'files' && isCpioFile(entry)) files.set(path, entry.data)
    if (tree !== 'files' && tree !== undefined && isCpioSymlink(entry)) {
      links.set(path, Buffer.from(entry.data).toString('utf8'))
    }
    if (tree === undefined && isCpioFile(entry)) files.set(`/${entry.path}`, entry.data)
    if (tree === 'files' || (tree === 'links' && isCpioSymlink(entry))) addChild(children, path)
  }
  return {
    bytes: (path) => files.get(path),
    text(path) {
      const bytes = files.get(path)
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').trimEnd()
    },
    list: (path) => [...(children.get(path) ?? [])].toSorted(inOrder),
    device: (path) => links.get(path)?.replace(/^(\.\.\/)+devices\//, ''),
    driver: (path) => links.get(`${path}/driver`)?.replace(/^.*\//, ''),
  }
}

const numeric = new Intl.Collator('en', { numeric: true })

/** `input10` after `input2`; addresses have a fixed width and hexadecimal digits. */
const inOrder = (a: string, b: string): number =>
  a.includes(':') || b.includes(':') ? (a < b ? -1 : 1) : numeric.compare(a, b)

function addChild(children: Map<string, Set<string>>, path: string): void {
  const cut = path.lastIndexOf('/')
  const parent = path.slice(0, cut)
  const known = children.get(parent)
  if (known === undefined) children.set(parent, new Set([path.slice(cut + 1)]))
  else known.add(path.slice(cut + 1))
}
