import { chown, readdir, rm } from 'node:fs/promises'
import { DomainError, domainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { secretFile } from '../../qemu/devices/secret-argv.ts'
import type { NeededSecret } from '../../qemu/devices/secret-argv.ts'
import { writePrivateFile } from '../../run/private-dir.ts'
import type { RunUser } from '../../run/run-user.ts'
import type { ConnectionDrivers } from '../connection-drivers.ts'

/** Values by the place at which the document asks for them. */
export type SecretValues = ReadonlyMap<string, string | Uint8Array>

/**
 * Fetches what a start needs, before anything is made.
 *
 * @throws DomainError `ERR_NO_SECRET` with every secret that is missing, each with its place.
 */
export async function fetchSecrets(
  needed: readonly NeededSecret[],
  drivers: ConnectionDrivers,
): Promise<SecretValues> {
  const values = new Map<string, string | Uint8Array>()
  const problems: Problem[] = []
  for (const { path, reference, value } of needed) {
    try {
      values.set(path, value ?? (await (await drivers.secret()).resolve(reference ?? {})))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      problems.push(...error.problems.map((one) => ({ ...one, path })))
    }
  }
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return values
}

export interface SecretFolder {
  readonly stateDir: string
  /** Whose QEMU is, where it is not its caller's. */
  readonly owner?: RunUser
}

/** Puts the values where QEMU reads them: files of the run, which nobody else may read. */
export async function laySecrets(
  needed: readonly NeededSecret[],
  values: SecretValues,
  { stateDir, owner }: SecretFolder,
): Promise<void> {
  for (const { id, path } of needed) {
    const value = values.get(path)
    if (value === undefined)
      throw domainError('ERR_INTERNAL_ERROR', 'a secret was not fetched', { path })
    const file = secretFile(stateDir, id)
    await writePrivateFile(file, value, { durable: false })
    if (owner !== undefined) await chown(file, owner.uid, owner.gid)
  }
}

/** Takes the files away, once QEMU has read them or is not going to. */
export async function removeSecrets(stateDir: string): Promise<void> {
  const names = await readdir(stateDir).catch(() => [])
  for (const name of names)
    if (/-secret0(?:\.|$)/.test(name)) await rm(`${stateDir}/${name}`, { force: true })
}
