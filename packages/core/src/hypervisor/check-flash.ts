import { statSync } from 'node:fs'
import type { MachineProfile } from '../arch/machine-builder.ts'
import type { Domain } from '../domain/domain.ts'
import { variablesPath } from '../domain/firmware-variables.ts'
import { domainError, quote } from '../errors.ts'

/**
 * Firmware in flash is as large as the board's flash, where the board insists: QEMU ends on another
 * size without saying which file it means.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` that names the file and how to make it fit.
 */
export function checkFlash({ os }: Domain, { name, flashKiB }: MachineProfile): void {
  if (flashKiB === undefined || os.loaderType !== 'pflash') return
  const images = [
    ['os/loader', os.loaderFormat === 'qcow2' ? undefined : os.loader],
    ['os/nvram', os.nvramFormat === 'qcow2' ? undefined : variablesPath(os)],
  ] as const
  for (const [path, file] of images) {
    const size = file === undefined ? undefined : sizeOf(file)
    if (file === undefined || size === undefined || size === flashKiB * 1024) continue
    const way =
      size < flashKiB * 1024
        ? `pad it with: truncate -s ${flashKiB}K ${file}`
        : 'it is for another machine'
    throw domainError(
      'ERR_OPERATION_FAILED',
      `firmware in flash is ${flashKiB} KiB on ${name}; ${quote(file, 200)} has ${Math.ceil(size / 1024)} KiB: ${way}`,
      { path },
    )
  }
}

/** Nothing where there is no such file yet, or a block device. */
function sizeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : undefined
}
