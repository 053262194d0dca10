import { chmod, chown, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MonitorError, QmpClient } from '../qmp/index.ts'
import { socketTransport } from './connect-unix.ts'
import { makePrivateDir, removeTree } from './private-dir.ts'
import { pairFd, spawnQemu } from './spawn-qemu.ts'
import type { SpawnedQemu } from './spawn-qemu.ts'
import { stopProcess } from './stop-process.ts'
import { probeFolderPrefix, sweepProbes } from './sweep-probes.ts'

type Launcher = readonly [string, ...string[]]

export interface ProbeSessionOptions {
  readonly emulator: string
  /** Directory for the private directories of probes. */
  readonly workDir: string
  /** Limit of start and connecting together; 20 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly launcher?: Launcher
  readonly allowed?: readonly string[]
  /** The user that the launcher makes of it: the probe's directory is its own. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

export interface ProbeSession {
  readonly qmp: QmpClient
  readonly process: SpawnedQemu
}

/** No guest is let go, no file of the user is read, no window opens. */
const alwaysArgs = ['-S', '-no-user-config', '-nodefaults', '-nographic']
/** No socket file to wait for: the emulator finds its monitor connected when it starts. */
const monitorArgs = [
  '-chardev',
  `socket,id=monitor,fd=${pairFd}`,
  '-mon',
  'chardev=monitor,mode=control',
]

/**
 * Starts an emulator with these machine arguments and no guest of anybody's, hands it over, and
 * ends it, whatever happens. A probe whose program was killed is swept up by the next one, and
 * by whoever lists the guests.
 */
export async function withProbe<T>(
  options: ProbeSessionOptions,
  args: readonly string[],
  use: (session: ProbeSession) => Promise<T>,
): Promise<T> {
  const { emulator, workDir, timeoutMs = 20_000, signal, launcher, allowed, owner } = options
  if (signal?.aborted === true) {
    throw new MonitorError('aborted', `${emulator} was not asked: it was given up before it began`)
  }
  await makePrivateDir(workDir, { passable: owner !== undefined })
  await sweepProbes(workDir)
  const dir = await mkdtemp(join(workDir, probeFolderPrefix()))
  const wait = { timeoutMs, ...(signal === undefined ? {} : { signal }) }
  let process: SpawnedQemu | undefined
  try {
    await chmod(dir, 0o700)
    if (owner !== undefined) await chown(dir, owner.uid, owner.gid)
    process = await spawnQemu({
      emulator,
      // The directory on the command line is what tells an abandoned probe from others.
      args: [...alwaysArgs, ...args, ...monitorArgs, '-pidfile', join(dir, 'pid')],
      pair: true,
      environment: { LC_ALL: 'C', PATH: '/usr/bin:/bin', HOME: dir, TMPDIR: dir },
      log: join(dir, 'log'),
      ...(launcher === undefined ? {} : { launcher: mortal(launcher) }),
      ...(allowed === undefined ? {} : { allowed }),
    })
    const { exitError, exited, pair } = process
    if (pair === undefined) throw new TypeError('no socket was shared with the emulator')
    const transport = socketTransport(pair)
    const qmp = await QmpClient.connect({ transport, peer: emulator, ...wait }).catch(
      (error: unknown) => rethrow(error, exited, exitError),
    )
    try {
      return await use({ qmp, process }).catch((error: unknown) =>
        rethrow(error, exited, exitError),
      )
    } finally {
      await qmp.execute('quit', undefined, { timeoutMs: 500 }).catch(() => undefined)
      await qmp.close()
      await endedWithin(exited, 500)
    }
  } finally {
    if (process) await stopProcess(process.identity, { termMs: 500, what: `probe of ${emulator}` })
    await removeTree(dir)
  }
}

/**
 * The kernel ends a probe whose program is killed; where the launcher is not setpriv, the next one sweeps
 * it up. It is no part of what an answer is kept under.
 */
function mortal([program, ...rest]: Launcher): Launcher {
  return program.endsWith('/setpriv')
    ? [program, '--pdeathsig', 'KILL', ...rest]
    : [program, ...rest]
}

/** Waits for an end, but not long; the wait keeps this process alive, and nothing after it does. */
async function endedWithin(exited: Promise<unknown>, limitMs: number): Promise<void> {
  const timer = new AbortController()
  const { signal } = timer
  await Promise.race([exited, sleep(limitMs, undefined, { signal }).catch(() => undefined)])
  timer.abort()
}

/**
 * An emulator that dies breaks the conversation first; its last words say more. Who gave up asks for none.
 */
async function rethrow(
  failure: unknown,
  exited: Promise<unknown>,
  exitError: () => Error | undefined,
): Promise<never> {
  if (failure instanceof MonitorError && failure.failure === 'aborted') throw failure
  await Promise.race([exited, sleep(100)])
  throw exitError() ?? failure
}
