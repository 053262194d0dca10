import type { Drivers, HeldDocument, OpenDriver } from '../driver/driver-context.ts'
import type { NetworkDriver } from '../driver/network-driver.ts'
import type { SecretDriver } from '../driver/secret-driver.ts'
import type { StorageDriver } from '../driver/storage-driver.ts'
import { domainError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { makePrivateDir } from '../run/private-dir.ts'
import type { Jobs, Store } from '../store/index.ts'
import type { Layout } from './layout.ts'

/** The drivers beside the hypervisor, each opened when it is first asked for. */
export interface ConnectionDrivers {
  /** @throws DomainError `ERR_NO_SUPPORT` where no such driver was handed over. */
  network(): Promise<NetworkDriver>
  storage(): Promise<StorageDriver>
  secret(): Promise<SecretDriver>
  close(): Promise<void>
}

/** A driver as core speaks of it where it is not there. */
interface Kind {
  readonly kind: string
  readonly what: string
  readonly missing: ErrorCode
  readonly package: string
  readonly kept: string
}

const networks: Kind = {
  kind: 'network',
  what: 'network',
  missing: 'ERR_NO_NETWORK',
  package: '@polyvirt/network',
  kept: 'networks are',
}

const storage: Kind = {
  kind: 'storage',
  what: 'storage pool',
  missing: 'ERR_NO_STORAGE_POOL',
  package: '@polyvirt/storage',
  kept: 'storage pools are',
}

const secrets: Kind = {
  kind: 'secret',
  what: 'secret',
  missing: 'ERR_NO_SECRET',
  package: '@polyvirt/secret',
  kept: 'secrets are',
}

export function connectionDrivers(
  store: Store,
  layout: Layout,
  drivers: Drivers = {},
): ConnectionDrivers {
  const network = once(() => open(networks, drivers.network, { store, layout }))
  const pools = once(() => open(storage, drivers.storage, { store, layout }))
  const secret = once(() => open(secrets, drivers.secret, { store, layout }))
  return {
    network: network.get,
    storage: pools.get,
    secret: secret.get,
    async close() {
      for (const driver of [network.opened(), pools.opened(), secret.opened()])
        await (await driver)?.close?.()
    },
  }
}

/** A value that is made once; a failure is not kept. */
function once<T>(make: () => Promise<T>): {
  readonly get: () => Promise<T>
  readonly opened: () => Promise<T> | undefined
} {
  let made: Promise<T> | undefined
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
  return { get, opened: () => made }
}

interface Place {
  readonly store: Store
  readonly layout: Layout
}

async function open<T>(kind: Kind, driver: OpenDriver<T> | undefined, at: Place): Promise<T> {
  if (driver === undefined) {
    throw domainError(
      'ERR_NO_SUPPORT',
      `${kind.kept} kept by ${kind.package}, which is not installed: npm install ${kind.package}`,
    )
  }
  const libDir = `${at.layout.libDir}/${kind.kind}`
  const runDir = `${at.layout.runDir}/${kind.kind}`
  for (const dir of [libDir, runDir]) await makePrivateDir(dir)
  const { documents, jobs } = at.store.documents(kind)
  return driver({
    documents,
    libDir,
    runDir,
    hold: (uuid, word, work) => hold(jobs, uuid, { word, work }),
  })
}

interface Work<T> {
  readonly word: string
  readonly work: (held: HeldDocument) => Promise<T>
}

async function hold<T>(jobs: Jobs, uuid: string, { word, work }: Work<T>): Promise<T> {
  const job = jobs.beginJob(uuid, word)
  try {
    const { interrupted } = job
    return await work({
      ...(interrupted && { interrupted }),
      setPhase: (phase, detail) => jobs.setPhase(job, phase, detail),
    })
  } finally {
    jobs.endJob(job)
  }
}
