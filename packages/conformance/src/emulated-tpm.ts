import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Domain } from '@polyvirt/core'
import { execa } from 'execa'

/** A domain whose TPM is served by a program of its own. Disposing of it ends the program. */
export interface TpmServed extends AsyncDisposable {
  readonly domain: Domain
}

/** Where a scenario's TPM is said to be; the socket is made in the folder of the run. */
const wantedPath = '/swtpm/socket'
const retryMs = 10

/**
 * Serves the TPM of a scenario with swtpm, where it has one.
 *
 * @throws where swtpm ends before it listens.
 */
export async function withTpm(domain: Domain, folder: string): Promise<TpmServed> {
  const { tpm = [] } = domain.devices
  if (!tpm.some(({ sourcePath }) => sourcePath === wantedPath)) {
    return { domain, [Symbol.asyncDispose]: async () => {} }
  }
  const socket = join(folder, 'swtpm')
  const state = join(folder, 'tpm-state')
  mkdirSync(state)
  const running = execa(
    'swtpm',
    ['socket', '--tpm2', '--tpmstate', `dir=${state}`, '--ctrl', `type=unixio,path=${socket}`],
    { stdin: 'ignore', reject: false },
  )
  let end: string | undefined
  const exited = running.then(({ stderr, message }) => (end = stderr ?? message ?? 'swtpm ended'))
  while (!existsSync(socket)) {
    if (end !== undefined) throw new Error(`swtpm serves no TPM: ${end}`)
    await setTimeout(retryMs)
  }
  const served = tpm.map((one) =>
    one.sourcePath === wantedPath ? { ...one, sourcePath: socket } : one,
  )
  return {
    domain: { ...domain, devices: { ...domain.devices, tpm: served } },
    async [Symbol.asyncDispose]() {
      running.kill()
      await exited
    },
  }
}
