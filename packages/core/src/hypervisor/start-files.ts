import { constants, existsSync } from 'node:fs'
import { chown, copyFile, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Domain } from '../domain/domain.ts'
import { variablesPath } from '../domain/firmware-variables.ts'
import { domainError, quote } from '../errors.ts'
import { makeFolders } from '../run/make-folders.ts'
import { makePrivateDir } from '../run/private-dir.ts'
import { secretFile } from '../qemu/devices/secret-argv.ts'
import type { RunUser } from '../run/run-user.ts'
import { systemReason } from '../run/system-reason.ts'
import { tpmSecretId } from './secrets/needed-secrets.ts'
import { startHelper } from './start-helper.ts'

/**
 * Gives a guest its own copy of its firmware's variables, where it has none yet: from then on they
 * are the guest's, and stay.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the template cannot be copied, or is not known.
 */
export async function prepareNvram({ os }: Domain): Promise<void> {
  const { loader, nvramTemplate } = os
  const nvram = variablesPath(os)
  if (nvram === undefined) return
  if (nvramTemplate === undefined) {
    if (loader === undefined || existsSync(nvram)) return
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the firmware's variables ${quote(nvram)} are not there, and no template of ${quote(loader)} is known: name one with <nvram template='…'/>, or go without by <loader stateless='yes' …>`,
      { path: 'os/nvram' },
    )
  }
  try {
    makeFolders(dirname(nvram), 0o700)
    await copyFile(nvramTemplate, nvram, constants.COPYFILE_EXCL)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the firmware's variables ${quote(nvramTemplate)} cannot be copied to ${quote(nvram)}: ${systemReason(error)}`,
      { path: 'os/nvram', cause: error as Error },
    )
  }
}

export interface TpmStart {
  readonly stateDir: string
  /** Below a folder of its own for those of all guests. */
  readonly tpmState: string
  /** Whose QEMU is, where it is not its caller's: so is the TPM. */
  readonly owner?: RunUser
  readonly launcher?: readonly [string, ...string[]]
}

/**
 * Starts swtpm for a guest that has an emulated TPM. It ends by itself when QEMU closes the
 * connection, and its command line names the run's folder, by which an interrupted start finds it.
 */
export async function startTpm(
  domain: Domain,
  { stateDir, tpmState, owner, launcher }: TpmStart,
): Promise<void> {
  const index = (domain.devices.tpm ?? []).findIndex((one) => one.backend === 'emulator')
  const tpm = domain.devices.tpm?.[index]
  if (tpm === undefined) return
  const path = `devices/tpm[${index + 1}]`
  const shared = { passable: owner !== undefined }
  await makePrivateDir(dirname(tpmState), shared)
  await makePrivateDir(tpmState, owner === undefined ? {} : { owner })
  for (const file of owner === undefined ? [] : await readdir(tpmState))
    await chown(`${tpmState}/${file}`, owner?.uid ?? 0, owner?.gid ?? 0)
  await startHelper({
    program: 'swtpm',
    args: [
      'socket',
      ...(tpm.version === '1.2' ? [] : ['--tpm2']),
      '--tpmstate',
      `dir=${tpmState},mode=0600`,
      '--ctrl',
      `type=unixio,path=${stateDir}/swtpm.sock,mode=0600`,
      ...(tpm.encryptionSecret === undefined
        ? []
        : keyArguments(secretFile(stateDir, tpmSecretId))),
      '--log',
      `file=${stateDir}/swtpm.log`,
      '--pid',
      `file=${stateDir}/swtpm.pid`,
      '--terminate',
      '--daemon',
    ],
    ...(launcher && { launcher }),
    said: `${stateDir}/swtpm.err`,
    missing: 'install it with: apt-get install swtpm',
    path,
  })
}

/** The state on the disk, and what of it goes along with a saved or moved guest, is encrypted. */
function keyArguments(file: string): readonly string[] {
  return ['--key', '--migration-key'].flatMap((option) => [
    option,
    `pwdfile=${file},mode=aes-256-cbc`,
  ])
}
