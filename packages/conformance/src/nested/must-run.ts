import { GuestError } from '../guest/guest-error.ts'
import { runProgram, type RunOptions } from '../guest/run-program.ts'
import { NotTried } from '../not-tried.ts'

/** Where Debian has the programs that hosts are made with. */
const packages: Readonly<Record<string, string>> = {
  'dpkg-deb': 'dpkg',
  mke2fs: 'e2fsprogs',
  npm: 'npm',
  pnpm: 'pnpm',
}

/**
 * Runs a program that must succeed.
 *
 * @throws NotTried where this machine does not have it; GuestError where it fails, with its last words.
 */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  const { outcome, stdout, stderr } = await runProgram(program, args, options)
  if (outcome === 'succeeded') return
  if (outcome === 'missing')
    throw new NotTried(`'${program}' is not installed (${packages[program] ?? program})`)
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n')
  throw new GuestError(`${program} ${args[0] ?? ''} failed:\n${said}`)
}
