/**
 * A program that is killed while it asks an emulator: prints the emulator's pid before.
 *
 *   probe-child.ts WORK-DIR SETPRIV
 */
import { withProbe } from '../../src/run/probe-session.ts'

const [, , workDir = '', setpriv = ''] = process.argv
await withProbe(
  {
    emulator: '/usr/bin/qemu-system-x86_64',
    workDir,
    launcher: [setpriv, '--no-new-privs', '--'],
  },
  ['-machine', 'none', '-accel', 'tcg'],
  ({ process: { identity } }) => {
    process.stdout.write(`${JSON.stringify(identity)}\n`, () =>
      process.kill(process.pid, 'SIGKILL'),
    )
    return new Promise<never>(() => undefined)
  },
)
