import { readdir, readFile, readlink, realpath } from 'node:fs/promises'

/** A process that has a file open. */
export interface ImageUser {
  readonly pid: number
  /** The guest it runs, if it is a QEMU that says so. */
  readonly guest?: string
}

/**
 * Who has this file open, as far as this user may see: one's own processes, or all of them for root.
 * Names who is in the way, and finds those that share a disk without a lock.
 */
export async function imageUsers(path: string): Promise<readonly ImageUser[]> {
  const found: ImageUser[] = []
  const real = await realpath(path).catch(() => path)
  for (const entry of await readdir('/proc')) {
    if (!/^[1-9]\d*$/.test(entry) || Number(entry) === process.pid) continue
    if (!(await hasOpen(entry, real))) continue
    const guest = await guestOf(entry)
    found.push({ pid: Number(entry), ...(guest !== undefined && { guest }) })
  }
  return found
}

async function hasOpen(pid: string, path: string): Promise<boolean> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const fd of fds) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => undefined)
    if (target === path) return true
  }
  return false
}

/** `-name guest=NAME,…` of a command line; a comma in a name is doubled there. */
async function guestOf(pid: string): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const words = text.split('\0')
  const value = words[words.indexOf('-name') + 1]
  const name = /^guest=((?:[^,]|,,)*)/.exec(value ?? '')?.[1]
  return name?.replaceAll(',,', ',')
}

/** `guest 'vm' (pid 12)`, `pid 12`: for messages. */
export function describeUsers(users: readonly ImageUser[]): string {
  const shown = users.slice(0, 4).map(({ pid, guest }) => {
    return guest === undefined ? `pid ${pid}` : `the running guest '${guest}' (pid ${pid})`
  })
  const more = users.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
