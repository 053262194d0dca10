import type { Drivers } from '../core.ts'
import type { ArchCatalog } from './arch-catalog.ts'

type Catalog = Pick<ArchCatalog, 'directoryOf'>

/** A driver's package, and what its module exports. */
export interface DriverPackage {
  readonly name: string
  readonly opens: string
  /** `networks are`, of the sentence that they are kept by it. */
  readonly kept: string
}

const packages: Readonly<Record<keyof Drivers, DriverPackage>> = {
  network: { name: '@polyvirt/network', opens: 'openNetworks', kept: 'networks are' },
  storage: { name: '@polyvirt/storage', opens: 'openStorage', kept: 'storage pools are' },
  secret: { name: '@polyvirt/secret', opens: 'openSecrets', kept: 'secrets are' },
}

/**
 * The drivers of networks, storage pools and secrets, which are packages of their own, found where
 * architectures are. Nothing is looked for before a command needs one.
 */
export function connectionDrivers(arches: Catalog): Drivers {
  const load = async <K extends keyof Drivers>(kind: K): Promise<NonNullable<Drivers[K]>> => {
    const { loadDriver } = await import('./load-driver.ts')
    return (await loadDriver(arches, packages[kind])) as NonNullable<Drivers[K]>
  }
  return {
    network: async (context) => (await load('network'))(context),
    storage: async (context) => (await load('storage'))(context),
    secret: async (context) => (await load('secret'))(context),
  }
}
