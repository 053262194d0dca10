import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `: not run, WHY` behind the title of a test that this machine does not let run; else nothing. */
export type NotRun = '' | `: not run, ${string}`

/** Whether a program can do here what it is for. */
const works = (program: string, words: readonly string[]): boolean =>
  spawnSync(program, words, { stdio: 'ignore', timeout: 10_000 }).status === 0

const unless = (can: boolean, why: string): NotRun => (can ? '' : `: not run, ${why}`)

const isRoot = process.geteuid?.() === 0
const ownMount = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount']

/** Another process may be traced. */
export const tracing: NotRun = unless(
  works('strace', ['-f', '-o', '/dev/null', 'true']),
  'strace cannot trace a process here',
)

/** Disks may be mounted where nobody else sees them. */
export const mounting: NotRun = unless(
  works('unshare', [...ownMount, 'mount', '-t', 'tmpfs', 'none', '/mnt']),
  'no disk can be mounted in a namespace here',
)

/** Devices may be made where nobody else sees them. */
export const devices: NotRun = unless(
  isRoot &&
    works('unshare', ['--mount', 'sh', '-c', 'mount -t tmpfs n /mnt && mknod /mnt/n c 1 3']),
  'no device can be made in a namespace here',
)

/** Files may be given to others, and programs be run as them. */
export const otherUsers: NotRun = unless(
  isRoot && works('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'true']),
  'only root, with its powers, can be another user',
)

/** A file may be made one that nobody changes. */
export const immutable: NotRun = unless(canFreeze(), 'no file can be made immutable here')

function canFreeze(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pv-in-'))
  const can = works('chattr', ['+i', folder]) && works('chattr', ['-i', folder])
  rmSync(folder, { recursive: true })
  return can
}
