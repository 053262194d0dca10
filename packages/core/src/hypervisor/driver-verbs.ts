import type { NetworkVerbs } from './interface/networks.ts'
import type { SecretVerbs } from './interface/secrets.ts'
import type { StorageVerbs } from './interface/storage.ts'
import type { ConnectionDrivers } from './connection-drivers.ts'

/** Every verb, so that one that is missing does not compile. */
const networkNames: Readonly<Record<keyof NetworkVerbs, true>> = {
  networkListAll: true,
  networkLookup: true,
  networkDefineXml: true,
  networkCreateXml: true,
  networkCreate: true,
  networkDestroy: true,
  networkUndefine: true,
  networkGetXmlDesc: true,
  networkUpdate: true,
  networkSetAutostart: true,
  networkGetDhcpLeases: true,
}

const storageNames: Readonly<Record<Exclude<keyof StorageVerbs, 'storageVolDownload'>, true>> = {
  connectGetStoragePoolCapabilities: true,
  storagePoolListAll: true,
  storagePoolLookup: true,
  storagePoolLookupByTargetPath: true,
  storagePoolDefineXml: true,
  storagePoolCreateXml: true,
  storagePoolBuild: true,
  storagePoolCreate: true,
  storagePoolDestroy: true,
  storagePoolDelete: true,
  storagePoolUndefine: true,
  storagePoolRefresh: true,
  storagePoolGetXmlDesc: true,
  storagePoolSetAutostart: true,
  storageVolListAll: true,
  storageVolLookup: true,
  storageVolGetXmlDesc: true,
  storageVolCreateXml: true,
  storageVolCreateXmlFrom: true,
  storageVolDelete: true,
  storageVolResize: true,
  storageVolWipe: true,
  storageVolUpload: true,
}

const secretNames: Readonly<Record<keyof SecretVerbs, true>> = {
  secretListAll: true,
  secretLookup: true,
  secretDefineXml: true,
  secretGetXmlDesc: true,
  secretSetValue: true,
  secretGetValue: true,
  secretUndefine: true,
}

/** The verbs of all drivers. */
type DriverVerbs = NetworkVerbs & StorageVerbs & SecretVerbs

/** Verbs that are a driver's: the driver is opened, and asked. */
export function driverVerbs(drivers: ConnectionDrivers): DriverVerbs {
  const verbs = {
    ...delegated(networkNames, drivers.network),
    ...delegated(storageNames, drivers.storage),
    ...delegated(secretNames, drivers.secret),
    async *storageVolDownload(volume, options) {
      const driver = await drivers.storage()
      yield* driver.storageVolDownload(volume, options)
    },
  } satisfies Partial<StorageVerbs>
  return verbs as unknown as DriverVerbs
}

type Verb = (...args: readonly unknown[]) => Promise<unknown>

function delegated(
  names: Readonly<Record<string, true>>,
  open: () => Promise<object>,
): Readonly<Record<string, Verb>> {
  const verb =
    (name: string): Verb =>
    async (...args) => {
      const driver = (await open()) as Readonly<Record<string, Verb>>
      return driver[name]?.(...args)
    }
  return Object.fromEntries(Object.keys(names).map((name) => [name, verb(name)]))
}
