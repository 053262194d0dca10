import { dirname, resolve } from 'node:path'
import { createInterrupts } from './interrupts.ts'
import { openHypervisor } from './open-hypervisor.ts'
import type { OpenHypervisor } from './open-hypervisor.ts'
import { quietSqliteWarning } from './quiet-sqlite-warning.ts'
import { runCli } from './run-cli.ts'

/** The process: its words, streams and signals, and its exit code. */
export async function main(open: OpenHypervisor = openHypervisor): Promise<void> {
  quietSqliteWarning()
  const { argv, env, stdin, stdout, stderr } = process
  const code = await runCli({
    words: argv.slice(2),
    environment: env,
    ...{ stdin, stdout, stderr, open },
    interrupts: createInterrupts({
      on: (handler) => process.on('SIGINT', handler),
      off: (handler) => process.off('SIGINT', handler),
      exit: () => process.exit(130),
    }),
    archesFrom: installedDirectories(),
  })
  // Whatever is still open (a watched file, a socket to QEMU) must not keep the command running.
  process.exit(code)
}

/** Where this file really is, and where the user's `polyvirt` stood before links were followed. */
function installedDirectories(): readonly string[] {
  const invokedAs = process.env['POLYVIRT_INVOKED_AS'] ?? process.argv[1]
  return [import.meta.dirname, ...(invokedAs === undefined ? [] : [dirname(resolve(invokedAs))])]
}
