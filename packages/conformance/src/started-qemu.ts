import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Domain } from '@polyvirt/core'
import { QmpClient } from '@polyvirt/core/qmp'
import { execa } from 'execa'
import { withTpm } from './emulated-tpm.ts'
import { processCpuMs } from './guest/process-cpu.ts'
import { guardFolder } from './guard-folder.ts'
import { withImages } from './images.ts'
import { askedDomain, type Planned, planAsked } from './plan-scenario.ts'
import type { Target } from './target.ts'
import { unixTransport } from './unix-transport.ts'

/** A QEMU that runs a planned command line: paused, as the plan says. */
export interface StartedQemu extends AsyncDisposable {
  readonly planned: Planned
  readonly qmp: QmpClient
  /** Folder of this run, removed at its end. */
  readonly folder: string
  readonly pid: number
  cpuMs(): number | undefined
  /** Resolves when QEMU has ended. */
  readonly exited: Promise<void>
}

export interface StartOptions {
  /** Another emulator than the one that the target's capabilities were recorded with. */
  readonly emulator?: string
  /** Changes the domain before it is planned; the folder is where sockets may be. */
  readonly adapt?: (domain: Domain, folder: string) => Domain
  /** Is shown the plan before QEMU is. */
  readonly onPlanned?: (planned: Planned) => void
  /** Ends QEMU, and whoever waits for it. */
  readonly signal?: AbortSignal
}

const lastWordsMs = 2_000

/** Plans a document with real paths and starts it. Disposing of it ends QEMU and removes its files. */
export async function startQemu(
  xml: string,
  target: Target,
  options: StartOptions = {},
): Promise<StartedQemu> {
  // Short, because a socket's path has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const callOff = guardFolder(folder)
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true })
    callOff()
  }
  let stopTpm = (): PromiseLike<void> => Promise.resolve()
  const tidy = async (): Promise<void> => {
    await stopTpm()
    remove()
  }
  try {
    const channelDir = join(folder, 'c')
    mkdirSync(channelDir)
    writeFileSync(join(folder, 'master-key.aes'), randomBytes(32), { mode: 0o600 })
    const asked = askedDomain(xml, target, (domain) => {
      const adapted = withImages(domain, join(folder, 'images'))
      return options.adapt?.(adapted, folder) ?? adapted
    })
    const served = await withTpm(asked, folder)
    stopTpm = () => served[Symbol.asyncDispose]()
    const paths = { stateDir: folder, channelDir, ramDir: folder }
    const planned = planAsked(served.domain, target, { paths, nowMs: Date.now() })
    options.onPlanned?.(planned)
    options.signal?.throwIfAborted()
    const emulator = options.emulator ?? target.emulator
    return await start(planned, { emulator, folder, tidy, signal: options.signal })
  } catch (error) {
    await tidy()
    throw error
  }
}

interface Run {
  readonly emulator: string
  readonly folder: string
  /** Ends and removes what was made for the run. */
  readonly tidy: () => Promise<void>
  readonly signal: AbortSignal | undefined
}

async function start(
  planned: Planned,
  { emulator, folder, tidy, signal }: Run,
): Promise<StartedQemu> {
  const running = execa(emulator, planned.argv.slice(1), {
    stdin: 'ignore',
    reject: false,
    extendEnv: false,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: folder },
  })
  let end: string | undefined
  const exited = running.then((result) => {
    end = `QEMU ended with ${result.exitCode ?? result.signal ?? result.originalMessage}: ${result.stderr}`
  })
  const kill = (): boolean => running.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  const stop = async (): Promise<void> => {
    kill()
    await exited
    signal?.removeEventListener('abort', kill)
    await tidy()
  }
  try {
    if (running.pid === undefined) await exited
    const transport = await unixTransport(join(folder, 'monitor.sock'), () => end)
    const qmp = await QmpClient.connect({ transport, timeoutMs: 60_000 })
    const pid = running.pid ?? 0
    return {
      planned,
      qmp,
      folder,
      pid,
      exited,
      cpuMs: () => processCpuMs(pid),
      async [Symbol.asyncDispose]() {
        await qmp[Symbol.asyncDispose]()
        await stop()
      },
    }
  } catch (error) {
    // A QEMU that refuses its command line says why as it goes, a moment after it hangs up.
    await Promise.race([exited, setTimeout(lastWordsMs)])
    const said = end
    await stop()
    signal?.throwIfAborted()
    throw said === undefined ? error : new Error(said, { cause: error })
  }
}
