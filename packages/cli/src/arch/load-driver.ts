import { domainError, printable } from '../core.ts'
import type { ArchCatalog } from './arch-catalog.ts'
import type { DriverPackage } from './connection-drivers.ts'
import { exportsOf, importPackage } from './import-package.ts'

/**
 * Imports the package of a driver; the function that opens it.
 *
 * @throws DomainError `ERR_NO_SUPPORT` that names what to install, or what is wrong with what is.
 */
export async function loadDriver(
  arches: Pick<ArchCatalog, 'directoryOf'>,
  { name, opens, kept }: DriverPackage,
): Promise<unknown> {
  const directory = arches.directoryOf(name)
  if (directory === undefined) {
    throw domainError(
      'ERR_NO_SUPPORT',
      `${kept} kept by ${name}, which is not installed: npm install ${name}`,
    )
  }
  try {
    const module = await importPackage(directory, exportsOf(directory))
    const open = module[opens]
    if (typeof open !== 'function') throw new Error(`its module exports no ${opens}`)
    return open
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw domainError(
      'ERR_NO_SUPPORT',
      `the driver ${name} in ${printable(directory)} cannot be used: ${reason}`,
      { cause },
    )
  }
}
