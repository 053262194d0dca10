import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { chown, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Domain } from '../domain/domain.ts'
import type { Filesystem } from '../domain/devices/filesystem.ts'
import { domainError, printable } from '../errors.ts'
import { virtiofsSocket } from '../qemu/devices/filesystem-argv.ts'
import { checkSocketPath } from '../run/connect-unix.ts'
import type { RunUser } from '../run/run-user.ts'
import { stopHelpersBy } from './start-helper.ts'

export interface VirtiofsStart {
  readonly stateDir: string
  /** Whose QEMU is, where it is not its caller's: only the socket becomes its. */
  readonly owner?: RunUser
}

/** Where distributions say which program serves folders: QEMU docs/interop/vhost-user.json. */
const descriptors = ['/etc/qemu/vhost-user', '/usr/share/qemu/vhost-user']

/** Where it is without a word: Debian from 13 on, Debian 12, Fedora. */
const places = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd', '/usr/lib/virtiofsd']

/** How long it may take until it listens, and how often that is looked for, in milliseconds. */
const readyMs = 10_000
const lookMs = 5

/**
 * Starts virtiofsd for each folder that a guest sees through it. It ends by itself when QEMU closes the
 * connection, and its command line names the run's folder, by which an interrupted start finds it.
 *
 * It keeps the powers of its caller: what it serves belongs to many users, and it shuts itself into the
 * folder.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with the folder, and virtiofsd's own words.
 */
export async function startVirtiofs(domain: Domain, start: VirtiofsStart): Promise<void> {
  for (const [i, one] of (domain.devices.filesystem ?? []).entries())
    if (isServed(one)) await startOne(one, `devices/filesystem[${i + 1}]`, start)
}

/** Ends the virtiofsd of each folder, which QEMU never connected to. */
export async function stopVirtiofs(domain: Domain, { stateDir }: VirtiofsStart): Promise<void> {
  for (const one of domain.devices.filesystem ?? [])
    if (isServed(one)) await stopServing(virtiofsSocket(stateDir, one))
}

function isServed({ driverType, sourceSocket }: Filesystem): boolean {
  return driverType === 'virtiofs' && sourceSocket === undefined
}

async function startOne(one: Filesystem, path: string, start: VirtiofsStart): Promise<void> {
  const socket = virtiofsSocket(start.stateDir, one)
  checkSocketPath(socket)
  const fail = (why: string): Error =>
    domainError('ERR_OPERATION_FAILED', `virtiofsd cannot be started: ${why}`, { path })
  if (!existsSync(one.sourceDir ?? ''))
    throw domainError('ERR_OPERATION_FAILED', `${one.sourceDir ?? ''} is not there`, {
      path: `${path}/source/@dir`,
    })
  const program = one.binary ?? findVirtiofsd()
  if (program === undefined)
    throw fail(
      `it is not installed; install it with: apt-get install virtiofsd (Debian 12: qemu-system-common), or leave <driver type='virtiofs'> out for 9p`,
    )
  // A start that lost a race for a port has left one that nobody came to.
  await stopServing(socket)
  const said = `${socket}.err`
  const log = openSync(said, 'a', 0o600)
  let exit: string | undefined
  try {
    const child = spawn(program, virtiofsArguments(one, socket), {
      detached: true,
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['ignore', log, log],
    })
    child.once('error', (error) => (exit = error.message))
    child.once('exit', (code, signal) => (exit = signal ?? `status ${code ?? -1}`))
    child.unref()
  } finally {
    closeSync(log)
  }
  for (let waited = 0; !existsSync(socket); waited += lookMs) {
    if (exit === undefined && waited < readyMs) {
      await sleep(lookMs)
      continue
    }
    const words = printable((await readFile(said, 'utf8').catch(() => '')).trim())
    await stopServing(socket)
    throw fail(words === '' ? (exit ?? 'it does not listen') : words)
  }
  if (start.owner !== undefined) await chown(socket, start.owner.uid, start.owner.gid)
}

async function stopServing(socket: string): Promise<void> {
  await stopHelpersBy([`--socket-path=${socket}`], 'virtiofsd')
  await rm(socket, { force: true })
}

/** The options that both virtiofsd of QEMU and its successor in Rust know. */
export function virtiofsArguments(one: Filesystem, socket: string): string[] {
  const { cacheMode, xattr, sandboxMode, lockFlock, lockPosix, threadPoolSize } = one
  const flag = (name: string, on: boolean | undefined): string[] =>
    on === undefined ? [] : [on ? name : `no_${name}`]
  const options = [
    `source=${one.sourceDir ?? ''}`,
    ...(cacheMode === undefined ? [] : [`cache=${cacheMode}`]),
    ...(sandboxMode === undefined ? [] : [`sandbox=${sandboxMode}`]),
    ...flag('xattr', xattr),
    ...flag('flock', lockFlock),
    ...flag('posix_lock', lockPosix),
  ]
  return [
    `--socket-path=${socket}`,
    ...(threadPoolSize === undefined ? [] : [`--thread-pool-size=${threadPoolSize}`]),
    ...options.flatMap((option) => ['-o', option]),
    '-f',
  ]
}

/** What the host's descriptors name for folders, or where it is by custom. */
function findVirtiofsd(): string | undefined {
  const named = descriptors.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted()
        .flatMap((name) => {
          const found = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as {
            readonly type?: unknown
            readonly binary?: unknown
          }
          return found.type === 'fs' && typeof found.binary === 'string' ? [found.binary] : []
        })
    } catch {
      return []
    }
  })
  return [...named, ...places].find((path) => existsSync(path))
}
