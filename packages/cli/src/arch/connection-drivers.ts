import type { Drivers } from '../core.ts'
import type { ArchCatalog } from './arch-catalog.ts'

type Catalog = Pick<ArchCatalog, 'directoryOf'>

/**
 * The drivers of networks, storage pools and secrets, which are packages of their own, found where
 * architectures are. Nothing is looked for before a command needs one.
 */
export function connectionDrivers(arches: Catalog): Drivers {
  return {
    network: async (context) => {
      const { loadDriver } = await import('./load-driver.ts')
      const open = await loadDriver(arches, networks)
      return (open as NonNullable<Drivers['network']>)(context)
    },
    storage: async (context) => {
      const { loadDriver } = await import('./load-driver.ts')
      const open = await loadDriver(arches, storage)
      return (open as NonNullable<Drivers['storage']>)(context)
    },
    secret: async (context) => {
      const { loadDriver } = await import('./load-driver.ts')
      const open = await loadDriver(arches, secrets)
      return (open as NonNullable<Drivers['secret']>)(context)
    },
  }
}

/** A driver's package, and what its module exports. */
export interface DriverPackage {
  readonly name: string
  readonly opens: string
  /** `networks are`, of the sentence that they are kept by it. */
  readonly kept: string
}

const networks: DriverPackage = {
  name: '@polyvirt/network',
  opens: 'openNetworks',
  kept: 'networks are',
}
const storage: DriverPackage = {
  name: '@polyvirt/storage',
  opens: 'openStorage',
  kept: 'storage pools are',
}
const secrets: DriverPackage = {
  name: '@polyvirt/secret',
  opens: 'openSecrets',
  kept: 'secrets are',
}
