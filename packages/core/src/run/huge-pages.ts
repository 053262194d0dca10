import { lstatSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { domainError, quote } from '../errors.ts'
import { attempt } from './attempt.ts'
import type { RunUser } from './run-user.ts'
import { makePrivateDir, removeTree } from './private-dir.ts'
import { shortHash } from './short-hash.ts'

/** A hugetlbfs, and the one size that its pages have. */
export interface HugePageMount {
  readonly path: string
  readonly pageKiB: number
}

/** Where QEMU's memory would be where none is mounted: what systemd mounts. */
const ordinaryMount = '/dev/hugepages'

const unitsKiB: Readonly<Record<string, number>> = { K: 1, M: 1024, G: 1024 * 1024 }

/** The first mounted hugetlbfs of each size; `text` is `/proc/self/mounts` (fs/hugetlbfs/inode.c names the size). */
export function hugePageMounts(
  text: string = textOf('/proc/self/mounts'),
): readonly HugePageMount[] {
  const found = new Map<number, HugePageMount>()
  for (const line of text.split('\n')) {
    const [, path = '', type, options = ''] = line.split(' ')
    const [, count, unit = ''] = /(?:^|,)pagesize=(\d+)([KMG])/.exec(options) ?? []
    if (type !== 'hugetlbfs' || count === undefined) continue
    const pageKiB = Number(count) * (unitsKiB[unit] ?? 1)
    if (!found.has(pageKiB)) found.set(pageKiB, { path: unescaped(path), pageKiB })
  }
  return [...found.values()]
}

/** The size of huge pages where no size is named, in KiB; nothing where the kernel has none. */
export function defaultHugePageKiB(text: string = textOf('/proc/meminfo')): number | undefined {
  const written = /^Hugepagesize:\s*(\d+) kB$/m.exec(text)?.[1]
  return written === undefined ? undefined : Number(written)
}

/** A run's folder on a hugetlbfs: for QEMU alone, and of no other run of any root. */
export function hugeFolder(stateDir: string, pageKiB?: number): string {
  const size = pageKiB ?? defaultHugePageKiB()
  const mount = hugePageMounts().find((one) => one.pageKiB === size)
  return folderOn(mount?.path ?? ordinaryMount, stateDir)
}

function folderOn(mount: string, stateDir: string): string {
  const root = shortHash(dirname(stateDir)).slice(0, 8)
  return `${mount}/polyvirt-${root}-${basename(stateDir)}`
}

export interface HugeFolderOptions {
  readonly stateDir: string
  /** Whose the folder is to be, where QEMU is not its caller. */
  readonly owner?: RunUser
  /** Where the document asks for such pages. */
  readonly path: string
}

/**
 * Makes a run's folder for memory of pages of a size, in KiB; where it is.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where no hugetlbfs of that size is mounted, or where it takes no folder.
 */
export async function makeHugeFolder(
  pageKiB: number | undefined,
  { stateDir, owner, path }: HugeFolderOptions,
): Promise<string> {
  const size = pageKiB ?? defaultHugePageKiB()
  const mounts = hugePageMounts()
  const mount = mounts.find((one) => one.pageKiB === size)
  if (size === undefined)
    throw domainError('ERR_OPERATION_FAILED', 'this kernel has no huge pages', { path })
  if (mount === undefined) {
    const others = mounts.map((one) => `${one.pageKiB} KiB at ${quote(one.path, 200)}`)
    const there = others.length === 0 ? '' : ` (there are pages of ${others.join(', ')})`
    const where = size === defaultHugePageKiB() ? ordinaryMount : `${ordinaryMount}-${size}kB`
    throw domainError(
      'ERR_OPERATION_FAILED',
      `no hugetlbfs with pages of ${size} KiB is mounted${there}: mkdir -p ${where} && mount -t hugetlbfs -o pagesize=${size}K hugetlbfs ${where}`,
      { path },
    )
  }
  const folder = folderOn(mount.path, stateDir)
  try {
    await makePrivateDir(folder, owner === undefined ? {} : { owner })
    return folder
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the hugetlbfs ${quote(mount.path, 200)} takes no folder for the guest: ${why}; mount one that you may write to, as root: mount -t hugetlbfs -o uid=${process.geteuid?.() ?? 0},pagesize=${size}K hugetlbfs FOLDER`,
      { path, cause },
    )
  }
}

/** Removes what a run had on any hugetlbfs. */
export async function removeHugeFolders(stateDir: string): Promise<void> {
  for (const { path } of hugePageMounts()) {
    const folder = folderOn(path, stateDir)
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) await removeTree(folder)
  }
}

/** The kernel writes what would end a word by its octal number (fs/proc_namespace.c). */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

function textOf(file: string): string {
  return attempt(() => readFileSync(file, 'utf8')) ?? ''
}
