import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Arch } from '../core.ts'
import type { ArchPackage } from './arch-package.ts'

// Run from its sources, the CLI takes its siblings' sources too; built, it takes what they built.
const conditions: readonly string[] = [
  ...(import.meta.filename.endsWith('.ts') ? ['@polyvirt/source'] : []),
  'node',
  'import',
  'module-sync',
  'default',
]

/**
 * Imports an architecture package: this runs its code.
 *
 * @throws Error saying in one sentence what is wrong with the package.
 */
export async function loadArch(found: ArchPackage): Promise<Arch> {
  const entry = mainEntry(found.entry)
  if (entry === undefined) throw new Error('its package.json names no module')
  const file = join(found.directory, entry)
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  const arch = module[found.arch]
  if (!isArch(arch)) throw new Error(`its module exports no architecture named '${found.arch}'`)
  const served = arch.guests.map((guest) => guest.name)
  const missing = found.guests.filter((guest) => !served.includes(guest))
  if (missing.length > 0) throw new Error(`it says it serves ${missing.join(', ')}, and does not`)
  return arch
}

/** The module of `exports`' `.`, the first condition that holds, as Node picks it. */
function mainEntry(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (Array.isArray(exports)) return exports.map(mainEntry).find((entry) => entry !== undefined)
  if (typeof exports !== 'object' || exports === null) return undefined
  if ('.' in exports) return mainEntry(exports['.'])
  for (const [condition, target] of Object.entries(exports)) {
    const entry = conditions.includes(condition) ? mainEntry(target) : undefined
    if (entry !== undefined) return entry
  }
  return undefined
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
