import { createConnection } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { GuestConsole } from './guest-console.ts'
import { GuestError } from './guest-error.ts'
import { processCpuMs } from './process-cpu.ts'

export interface BootOptions {
  /** The program and its arguments. */
  readonly argv: readonly [string, ...string[]]
  /**
   * The unix socket that one of QEMU's character devices listens on; without it, the guest's
   * console is QEMU's own standard input and output (`-serial stdio`).
   */
  readonly socket?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** How QEMU ended. */
export interface GuestExit {
  readonly exitCode?: number
  readonly signal?: string
  readonly stderr: string
}

/** A QEMU process and its guest's console. Disposing of it ends the process. */
export interface BootedGuest extends AsyncDisposable {
  readonly pid: number
  readonly console: GuestConsole
  readonly exited: Promise<GuestExit>
  /** Processor time it has used: what `WaitOptions.cpuMs` wants. */
  cpuMs(): number | undefined
}

const connectLimitMs = 30_000

/** Starts QEMU with exactly these arguments. It ends with this process at the latest. */
export async function bootGuest(options: BootOptions): Promise<BootedGuest> {
  const [program, ...args] = options.argv
  const running = execa(program, args, {
    reject: false,
    buffer: { stdout: false, stderr: true },
    ...(options.environment === undefined ? {} : { env: options.environment }),
  })
  const { pid } = running
  const exited = running.then((result): GuestExit => ({
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    ...(result.signal === undefined ? {} : { signal: result.signal }),
    stderr: result.stderr ?? result.originalMessage ?? '',
  }))
  if (pid === undefined) {
    throw new GuestError(`cannot start ${program}: ${(await exited).stderr}`)
  }
  let gone = false
  void exited.then(() => (gone = true))
  const dispose = async (): Promise<void> => {
    running.kill('SIGKILL')
    await exited
  }
  try {
    const console =
      options.socket === undefined
        ? new GuestConsole({
            output: running.stdout,
            write: (text) => void (running.stdin.writable && running.stdin.write(text)),
          })
        : await connectConsole(options.socket, () => gone)
    return {
      pid,
      console,
      exited,
      cpuMs: () => processCpuMs(pid),
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    const { stderr } = await exited
    throw new GuestError(`${program} opened no console: ${stderr.trim()}`, { cause: error })
  }
}

/** Opens the console of a guest that runs already. */
export async function connectConsole(
  socket: string,
  isGone: () => boolean = () => false,
): Promise<GuestConsole> {
  const started = Date.now()
  for (;;) {
    const connection = createConnection(socket)
    try {
      await new Promise((resolve, reject) => {
        connection.once('connect', resolve)
        connection.once('error', reject)
      })
      return new GuestConsole({
        output: connection,
        write: (text) => void (connection.writable && connection.write(text)),
      })
    } catch (error) {
      connection.destroy()
      if (isGone() || Date.now() - started > connectLimitMs) throw error
      await setTimeout(50)
    }
  }
}
