import { existsSync } from 'node:fs'
import { domainError, quote } from '../../errors.ts'
import { runProgram } from '../../run/run-program.ts'
import { imageInfo } from '../blocks/image-info.ts'
import { untilNobodyWorksOn } from './until-nobody-works-on.ts'

/** How long letting go of what is not needed any more may take: as long as the image is large. */
const timeoutMs = 600_000

/**
 * Whether images can be taken back to a state in them: what cannot is found out before anything is given up for it.
 *
 * @throws DomainError where one cannot.
 */
export async function checkStates(
  name: string,
  files: readonly string[],
  { runs }: { readonly runs: boolean },
): Promise<void> {
  for (const file of files) {
    // Its guest writes to it, and nobody else does.
    if (await holdsState(name, file, runs)) continue
    throw domainError(
      'ERR_OPERATION_INVALID',
      `the image ${quote(file, 200)} does not hold the state of snapshot ${quote(name)} any more`,
    )
  }
}

/** Takes images that nobody has open back to a state in them; doing it again changes nothing. */
export async function applyStates(name: string, files: readonly string[]): Promise<void> {
  for (const file of files) await qemuImg('snapshot', '-a', name, file)
}

/**
 * The same for whoever comes after one that died over it. An image that is gone, or does not hold the state any
 * more, has nothing to be gone back to.
 */
export async function finishStates(name: string, files: readonly string[]): Promise<void> {
  await untilNobodyWorksOn(files)
  for (const file of files)
    if (existsSync(file) && (await holdsState(name, file, false))) await applyStates(name, [file])
}

/**
 * Puts the tables of images right whose QEMU died while it made or deleted a state in them: clusters are counted that
 * nothing uses, or twice. What the guest sees is not touched; an image that cannot be looked at stays as it is.
 */
export async function repairImages(files: readonly string[]): Promise<void> {
  for (const file of files)
    await qemuImg('check', '-q', '-r', 'all', '-f', 'qcow2', file).catch(() => undefined)
}

async function holdsState(name: string, file: string, isOpen: boolean): Promise<boolean> {
  const { snapshots = [] } = await imageInfo({ file, format: 'qcow2' }, isOpen)
  return snapshots.some((one) => one.name === name)
}

function qemuImg(...args: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram('qemu-img', args, { install: 'apt-get install qemu-utils', timeoutMs })
}
