import { existsSync } from 'node:fs'
import { GuestError } from './guest-error.ts'
import { runProgram } from './run-program.ts'

/** Where Debian's own keyring package has its keys; which suffix, its version decides. */
const keyrings = [
  '/usr/share/keyrings/debian-archive-keyring.pgp',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
]

/**
 * A sources list for another suite of Debian (`trixie`, `forky`), from the mirror that the machine
 * uses itself. Debian's archive keys check it, those of its keyring package where that is installed.
 *
 * @throws GuestError where the machine's sources name no Debian mirror.
 */
export async function suiteSources(suite: string): Promise<string> {
  const format = ['--format', '$(SITE)', 'Created-By: Packages']
  const { outcome, stdout, stderr } = await runProgram('apt-get', ['indextargets', ...format])
  const mirror = stdout.split('\n').find((site) => /\/debian\/?$/.test(site))
  if (outcome !== 'succeeded' || mirror === undefined) {
    const why = outcome === 'failed' ? `: ${stderr.trim()}` : ''
    throw new GuestError(
      `packages of ${suite} are wanted, and the machine’s apt sources name no Debian mirror${why}; ` +
        'give a sources list that does as `sourcesFile`',
    )
  }
  const keyring = keyrings.find((file) => existsSync(file))
  const signedBy = keyring === undefined ? '' : `[signed-by=${keyring}] `
  return `deb ${signedBy}${mirror} ${suite} main\n`
}
