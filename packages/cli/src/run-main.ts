import { dirname, resolve } from 'node:path'
import { createInterrupts } from './interrupts.ts'
import type { InterruptOptions } from './interrupts.ts'
import { openHypervisor } from './open-hypervisor.ts'
import type { OpenHypervisor } from './open-hypervisor.ts'
import { quietSqliteWarning } from './quiet-sqlite-warning.ts'
import { runCli } from './run-cli.ts'

/** The process: its words, streams and signals, and its exit code. */
export async function main(open: OpenHypervisor = openHypervisor): Promise<void> {
  quietSqliteWarning()
  const { argv, env, stdout, stderr } = process
  const ends = endingSignals()
  const code = await runCli({
    words: argv.slice(2),
    environment: env,
    // Node makes it when it is asked for, out of modules that nothing else needs.
    get stdin() {
      return process.stdin
    },
    ...{ stdout, stderr, open },
    interrupts: createInterrupts(ends),
    archesFrom: installedDirectories(),
  })
  // Whatever is still open (a watched file, a socket to QEMU) must not keep the command running.
  process.exit(code === 130 ? ends.code() : code)
}

/** What ends a command: a key, a request, or a terminal that has gone. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * All of them interrupt what runs, which then says how far it came and leaves nothing half done. They
 * are caught from the first command on, as a shell runs many; between two they end the process as ever.
 */
function endingSignals(): InterruptOptions & { readonly code: () => number } {
  let code: number = signals.SIGINT
  const handlers = new Set<() => void>()
  let catching = false
  const listen = (): void => {
    catching = true
    for (const [name, number] of Object.entries(signals)) {
      const caught = (): void => {
        code = number
        for (const handler of [...handlers]) handler()
        if (handlers.size > 0) return
        process.off(name, caught)
        process.kill(process.pid, name)
      }
      process.on(name, caught)
    }
  }
  return {
    on: (handler) => {
      handlers.add(handler)
      if (!catching) listen()
    },
    off: (handler) => void handlers.delete(handler),
    exit: () => process.exit(code),
    code: () => code,
  }
}

/** Where this file really is, and where the user's `polyvirt` stood before links were followed. */
function installedDirectories(): readonly string[] {
  const invokedAs = process.env['POLYVIRT_INVOKED_AS'] ?? process.argv[1]
  return [import.meta.dirname, ...(invokedAs === undefined ? [] : [dirname(resolve(invokedAs))])]
}
