import type { Arch } from '../core.ts'
import type { ArchPackage } from './arch-package.ts'
import { importPackage } from './import-package.ts'

/**
 * Imports an architecture package: this runs its code.
 *
 * @throws Error saying in one sentence what is wrong with the package.
 */
export async function loadArch(found: ArchPackage): Promise<Arch> {
  const module = await importPackage(found.directory, found.entry)
  const arch = module[found.arch]
  if (!isArch(arch)) throw new Error(`its module exports no architecture named '${found.arch}'`)
  const served = arch.guests.map((guest) => guest.name)
  const missing = found.guests.filter((guest) => !served.includes(guest))
  if (missing.length > 0) throw new Error(`it says it serves ${missing.join(', ')}, and does not`)
  return arch
}

function isArch(value: unknown): value is Arch {
  return (
    typeof value === 'object' &&
    value !== null &&
    'guests' in value &&
    Array.isArray(value.guests) &&
    'machine' in value
  )
}
