import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { domainError, printable } from '../core.ts'
import { importModule } from '../import-module.ts'
import type { ArchCatalog } from './arch-catalog.ts'
import type { DriverPackage } from './connection-drivers.ts'
import { packageEntry } from './package-entry.ts'

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
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly exports?: unknown
    }
    const entry = packageEntry(manifest.exports)
    if (entry === undefined) throw new Error('its package.json names no module')
    const module = await importModule(pathToFileURL(join(directory, entry)).href)
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
