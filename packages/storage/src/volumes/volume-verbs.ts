import { domainError, quote } from '@polyvirt/core/driver'
import type { StorageVerbs, VolumeCreateOptions, VolumeReference } from '@polyvirt/core/driver'
import type { Volume } from '../documents/volume.ts'
import { holdImage } from '../images/image-lock.ts'
import { readImage } from '../images/read-image.ts'
import type { ActivePool } from '../pools/active-pool.ts'
import type { PoolRooms } from '../pools/pool-rooms.ts'
import { readSpace } from '../pools/pool-space.ts'
import { boundsOf, readBytes, writeBytes } from './byte-streams.ts'
import { cloneVolume } from './clone-volume.ts'
import { askedVolume, createVolume } from './create-volume.ts'
import { deleteVolume } from './delete-volume.ts'
import { findVolume } from './find-volume.ts'
import type { FoundVolume } from './find-volume.ts'
import { listVolumes } from './list-volumes.ts'
import { refuseOther } from './refuse-other.ts'
import { resizeVolume } from './resize-volume.ts'
import { volumeDocument, volumeSummary } from './volume-document.ts'
import { wipeVolume } from './wipe-volume.ts'

type VolumeVerbs = Omit<StorageVerbs, `storagePool${string}` | 'connectGetStoragePoolCapabilities'>

export function volumeVerbs(rooms: PoolRooms): VolumeVerbs {
  const { context } = rooms
  const find = (reference: VolumeReference): Promise<FoundVolume> => {
    if ('pool' in reference) return findVolume(rooms.active(reference.pool), reference.name)
    const place = rooms.placeOf(reference.path)
    if (place !== undefined) return findVolume(place.pool, place.name).catch(() => none(reference))
    return none(reference)
  }
  /** One process at a time changes a volume; others of the same pool are free. */
  const holdVolume = async <T>(
    pool: ActivePool,
    { name, kind }: { readonly name: string; readonly kind: string },
    work: () => Promise<T>,
  ): Promise<T> => {
    const result = await context.hold(`${pool.name}/${name}`, kind, work)
    await lookAgain(rooms, pool)
    return result
  }
  const change = async (
    reference: VolumeReference,
    kind: string,
    work: (volume: FoundVolume) => Promise<void>,
  ): Promise<void> => {
    const { pool, name } = await find(reference)
    await holdVolume(pool, { name, kind }, async () => work(await findVolume(pool, name)))
  }
  /** A new volume; whoever is asked for it a second time hears that it is there. */
  const make = async (
    { pool, volume }: { readonly pool: ActivePool; readonly volume: Volume },
    work: () => Promise<void>,
  ): Promise<FoundVolume> => {
    await holdVolume(pool, { name: volume.name, kind: 'create' }, work)
    return findVolume(pool, volume.name)
  }
  return {
    async storageVolListAll(pool) {
      return (await listVolumes(rooms.active(pool))).map(volumeSummary)
    },

    async storageVolLookup(reference) {
      return volumeSummary(await find(reference))
    },

    async storageVolGetXmlDesc(reference) {
      return volumeDocument(await find(reference))
    },

    async storageVolCreateXml(reference, xml, options: VolumeCreateOptions = {}) {
      const pool = rooms.active(reference)
      const { volume, warnings } = askedVolume(xml, options)
      const made = await make({ pool, volume }, () =>
        createVolume(rooms, { pool, volume }, options),
      )
      return { volume: volumeSummary(made), warnings }
    },

    async storageVolCreateXmlFrom(reference, xml, options) {
      const pool = rooms.active(reference)
      const { volume, warnings } = askedVolume(xml, options, { needsCapacity: false })
      const original = await find(options.original)
      const made = await make({ pool, volume }, () =>
        cloneVolume(rooms, { pool, volume, original }, options),
      )
      return { volume: volumeSummary(made), warnings }
    },

    storageVolDelete: (reference) => change(reference, 'delete', deleteVolume),

    storageVolResize: (reference, capacityBytes, options = {}) =>
      change(reference, 'resize', (volume) =>
        resizeVolume(rooms, volume, { ...options, capacityBytes }),
      ),

    storageVolWipe: (reference, options = {}) =>
      change(reference, 'wipe', async (volume) => {
        refuseOther(volume, 'wiped')
        const { pool, name, path, inode } = volume
        await holdImage(path, `volume ${quote(name, 200)}`, async () => {
          await wipeVolume(volume, options)
          await pool.records.write(name, inode, { format: 'raw' })
        })
      }),

    storageVolUpload: (reference, data, options = {}) =>
      change(reference, 'upload', async (volume) => {
        refuseOther(volume, 'written to')
        boundsOf(options)
        const { pool, name, path, inode } = volume
        await holdImage(path, `volume ${quote(name, 200)}`, async () => {
          try {
            await writeBytes(volume, data, options)
          } finally {
            // What came is what whoever sent it says it is: no guest has had it yet.
            const { header } = await readImage(path)
            if (header !== undefined)
              await pool.records.write(name, inode, { format: header.format })
          }
        })
      }),

    async *storageVolDownload(reference, options = {}) {
      const volume = await find(reference)
      if (volume.type === 'dir') {
        const message = `volume ${quote(volume.name, 200)} is a directory, which has no bytes`
        throw domainError('ERR_OPERATION_UNSUPPORTED', message)
      }
      yield* readBytes(volume, options)
    },
  }
}

async function none({ path }: { readonly path: string }): Promise<never> {
  const message = `no storage vol with matching path ${quote(path, 200)}`
  throw domainError('ERR_NO_STORAGE_VOL', message)
}

/** The pool's figures after a change. Another process that holds the pool looks itself. */
async function lookAgain({ context }: PoolRooms, { uuid, path }: ActivePool): Promise<void> {
  const { documents } = context
  await context
    .hold(uuid, 'refresh', async () => {
      const { active, liveXml } = documents.lookup(uuid)
      if (!active || liveXml === undefined) return
      documents.setActive(uuid, { liveXml, facts: { space: await readSpace(path) } })
    })
    .catch(() => undefined)
}
