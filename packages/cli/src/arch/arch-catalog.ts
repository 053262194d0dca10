import { domainError, nearest, printable } from '../core.ts'
import type { Arch, ArchRegistry } from '../core.ts'
import type { ArchPackage } from './arch-package.ts'
import { findArchPackages, findPackage } from './find-arch-packages.ts'
import type { FoundArches, SearchOptions } from './find-arch-packages.ts'
import { installHint, knownArches } from './known-arches.ts'
import { loadArch } from './load-arch.ts'

/** The installed architectures. Nothing is searched or imported before it is asked for. */
export interface ArchCatalog {
  /** What is installed, by package.json alone. */
  found(): FoundArches
  /** Imports a package, once. */
  load(found: ArchPackage): Promise<Arch>
  /** The folder of another package that is installed where architectures are looked for. */
  directoryOf(name: string): string | undefined
  /** The same for core, by guest architecture. */
  readonly registry: ArchRegistry
}

export interface CatalogOptions extends SearchOptions {
  /** Told once about each package that cannot be used, when the packages are first looked for. */
  readonly onBroken?: (message: string) => void
}

/** A catalogue of the packages that `options` lead to. */
export function createArchCatalog(options: CatalogOptions): ArchCatalog {
  let searched: FoundArches | undefined
  const loading = new Map<ArchPackage, Promise<Arch>>()

  const found = (): FoundArches => {
    if (searched !== undefined) return searched
    searched = findArchPackages(options)
    for (const { directory, reason } of searched.broken) {
      options.onBroken?.(`architecture package ${directory} is skipped: ${reason}`)
    }
    return searched
  }

  const load = (wanted: ArchPackage): Promise<Arch> => {
    const before = loading.get(wanted)
    if (before !== undefined) return before
    const arch = loadArch(wanted).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        `architecture package ${wanted.name} in ${printable(wanted.directory)} is broken: ${reason}`,
        { cause },
      )
    })
    loading.set(wanted, arch)
    return arch
  }

  const guests = (): readonly string[] => found().packages.flatMap((entry) => entry.guests)
  const find = async (guest: string): Promise<Arch> => {
    const wanted = found().packages.find((entry) => entry.guests.includes(guest))
    if (wanted === undefined) throw notInstalled(guest, guests())
    return load(wanted)
  }
  const directoryOf = (name: string): string | undefined => findPackage(name, options)
  return { found, load, directoryOf, registry: { guests, find } }
}

function notInstalled(guest: string, installed: readonly string[]): Error {
  const known = Object.hasOwn(knownArches, guest)
  const near = known ? undefined : nearest(guest, [...installed, ...Object.keys(knownArches)])
  const offered = installed.length === 0 ? 'none' : installed.join(', ')
  return domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `no installed architecture package serves '${printable(guest)}' (installed: ${offered}); ` +
      (near === undefined ? installHint(guest) : `did you mean '${near}'?`),
    { path: 'os/type/@arch' },
  )
}
