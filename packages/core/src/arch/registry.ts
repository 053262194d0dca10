import { domainError, quote } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Arch, GuestArch } from './arch.ts'

/** The architectures at hand, by guest name. May load them only when they are asked for. */
export interface ArchRegistry {
  /** Names of all guest architectures that are served. */
  guests(): readonly string[]
  /**
   * @throws DomainError `ERR_CONFIG_UNSUPPORTED` naming what is installed and what to install.
   */
  find(guest: string): Promise<Arch>
}

/** A registry of these architectures; two may not serve the same guest. */
export function createRegistry(arches: readonly Arch[]): ArchRegistry {
  const byGuest = new Map<string, Arch>()
  for (const arch of arches) {
    for (const guest of arch.guests) {
      const other = byGuest.get(guest.name)
      if (other !== undefined) {
        throw domainError(
          'ERR_INVALID_ARG',
          `${arch.package} and ${other.package} both serve ${quote(guest.name)}; install one of them`,
        )
      }
      byGuest.set(guest.name, arch)
    }
  }
  const names = Object.freeze([...byGuest.keys()])
  return Object.freeze({
    guests: () => names,
    find: (guest: string) => {
      const arch = byGuest.get(guest)
      return arch === undefined ? Promise.reject(unknownArch(guest, names)) : Promise.resolve(arch)
    },
  })
}

/** The architecture that serves this guest, or nothing: a host need not be of an installed one. */
export async function findIfServed(
  registry: ArchRegistry,
  guest: string,
): Promise<Arch | undefined> {
  return registry.guests().includes(guest) ? registry.find(guest) : undefined
}

/** The error for a guest architecture that no installed package serves. */
export function unknownArch(guest: string, installed: readonly string[], hint?: string): Error {
  const near = nearest(guest, installed)
  const offered = installed.length === 0 ? 'none' : installed.join(', ')
  const way =
    near === undefined ? (hint ?? 'install the package that serves it') : `did you mean '${near}'?`
  return domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `no installed architecture package serves ${quote(guest)} (installed: ${offered}); ${way}`,
    { path: 'os/type/@arch' },
  )
}

/** The guest architecture of this name in an architecture that serves it. */
export function guestOf(arch: Arch, name: string): GuestArch {
  return arch.guests.find((guest) => guest.name === name) ?? arch.guests[0]
}
