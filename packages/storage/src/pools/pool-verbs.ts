import { rmdir } from 'node:fs/promises'
import { domainError, quote } from '@polyvirt/core/driver'
import type { StoragePoolSummary, StorageVerbs, StoredDocument } from '@polyvirt/core/driver'
import { tidyPath } from '../documents/absolute-path.ts'
import { systemError } from '../system-error.ts'
import { buildPool } from './build-pool.ts'
import { settlePool } from './define-pool.ts'
import { poolCapabilities } from './pool-capabilities.ts'
import { alreadyActive, notActive } from './pool-rooms.ts'
import type { PoolRooms } from './pool-rooms.ts'
import { poolDocument, poolOf, poolSummary } from './pool-summary.ts'
import { lookAtPool } from './refresh-pool.ts'

type PoolVerbs = Omit<StorageVerbs, `storageVol${string}`>

export function poolVerbs({ context, recordsOf, allActive }: PoolRooms): PoolVerbs {
  const { documents } = context
  /** Holds a pool, and hands over how it is then. */
  const hold = <T>(
    reference: string,
    kind: string,
    work: (document: StoredDocument) => Promise<T>,
  ): Promise<T> => {
    const { uuid } = documents.lookup(reference)
    return context.hold(uuid, kind, () => work(documents.lookup(uuid)))
  }
  return {
    async connectGetStoragePoolCapabilities() {
      return poolCapabilities()
    },

    async storagePoolListAll({ active, persistent, autostart, types } = {}) {
      return documents
        .list()
        .map(poolSummary)
        .filter(
          (one) =>
            (active ?? one.active) === one.active &&
            (persistent ?? one.persistent) === one.persistent &&
            (autostart ?? one.autostart) === one.autostart &&
            (types ?? [one.type]).includes(one.type),
        )
    },

    async storagePoolLookup(reference) {
      return poolSummary(documents.lookup(reference))
    },

    async storagePoolLookupByTargetPath(path) {
      const found = allActive().find((one) => one.path === tidyPath(path))
      if (found !== undefined) return poolSummary(found.document)
      const message = `no storage pool with matching target path ${quote(path, 200)}`
      throw domainError('ERR_NO_STORAGE_POOL', message)
    },

    async storagePoolDefineXml(source, options) {
      const { pool, xml, warnings } = settlePool(context, source, options)
      return context.hold(pool.uuid, 'define', async () => {
        const document = documents.put({ uuid: pool.uuid, name: pool.name, xml })
        return { pool: poolSummary(document), warnings }
      })
    },

    async storagePoolCreateXml(source, options = {}) {
      const { pool, warnings } = settlePool(context, source, options)
      return context.hold(pool.uuid, 'create', async () => {
        if (documents.find(pool.uuid)?.active === true) throw alreadyActive(pool.name)
        if (isBuilt(options)) await buildPool(pool, options)
        const looked = await lookAtPool(pool)
        const document = documents.putTransient({ uuid: pool.uuid, name: pool.name, ...looked })
        return { pool: poolSummary(document), warnings }
      })
    },

    storagePoolBuild: (reference, options) =>
      hold(reference, 'build', async (document) => {
        if (document.active) throw alreadyActive(document.name)
        await buildPool(poolOf(document), options)
        documents.tell(document.uuid, 'created')
      }),

    storagePoolCreate: (reference, options = {}) =>
      hold(reference, 'start', async (document): Promise<StoragePoolSummary> => {
        if (document.active) throw alreadyActive(document.name)
        const pool = poolOf(document)
        if (isBuilt(options)) await buildPool(pool, options)
        documents.setActive(document.uuid, await lookAtPool(pool))
        return poolSummary(documents.lookup(document.uuid))
      }),

    storagePoolDestroy: (reference) =>
      hold(reference, 'destroy', async ({ uuid, name, persistent }) => {
        if (!documents.setActive(uuid, undefined)) throw notActive(name)
        if (!persistent) await recordsOf(uuid).forgetAll()
      }),

    storagePoolDelete: (reference) =>
      hold(reference, 'delete', async (document) => {
        if (document.active) throw stillActive(document.name)
        const { path } = poolOf(document).target
        await rmdir(path).catch((error: unknown) => {
          throw systemError(`failed to remove pool ${quote(path, 200)}`, error)
        })
        documents.tell(document.uuid, 'deleted')
      }),

    storagePoolUndefine: (reference) =>
      hold(reference, 'undefine', async ({ uuid, name, active }) => {
        if (active) throw stillActive(name)
        documents.remove(uuid)
        await recordsOf(uuid).forgetAll()
      }),

    storagePoolRefresh: (reference) =>
      hold(reference, 'refresh', async (document) => {
        if (!document.active) throw notActive(document.name)
        try {
          const looked = await lookAtPool(poolOf(document))
          documents.setActive(document.uuid, looked, { tells: 'refreshed' })
        } catch (error) {
          // A pool without its directory is not in use any more; so does libvirt.
          documents.setActive(document.uuid, undefined)
          throw error
        }
      }),

    async storagePoolGetXmlDesc(reference, { inactive = false } = {}) {
      return poolDocument(documents.lookup(reference), inactive)
    },

    storagePoolSetAutostart: (reference, autostart) =>
      hold(reference, 'autostart', async ({ uuid, persistent }) => {
        if (!persistent) throw domainError('ERR_INVALID_ARG', 'pool has no config file')
        documents.setAutostart(uuid, autostart)
      }),
  }
}

function isBuilt(options: {
  readonly build?: boolean
  readonly overwrite?: boolean
  readonly noOverwrite?: boolean
}): boolean {
  return options.build === true || options.overwrite === true || options.noOverwrite === true
}

function stillActive(name: string): Error {
  return domainError('ERR_OPERATION_INVALID', `storage pool ${quote(name, 200)} is still active`)
}
