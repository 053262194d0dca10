import { existsSync } from 'node:fs'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { createImage } from '../blocks/new-image.ts'
import { fileOf } from '../blocks/switch-image.ts'
import { imageUse } from '../confinement/guest-images.ts'
import type { DiskServer } from './mirror-disks.ts'
import type { MovedDisk } from './move-storage.ts'
import { tlsId } from './tls-credentials.ts'

/** A disk that comes, and where to. */
export interface ArrivingDisk extends MovedDisk {
  readonly file: string
  readonly format: string
}

/**
 * Where disks are to arrive.
 *
 * @throws DomainError for a place that is the source's own image.
 */
export function arrivingDisks(
  { devices }: Domain,
  moved: readonly MovedDisk[],
  sources: ReadonlyMap<string, string>,
): readonly ArrivingDisk[] {
  return moved.map((one) => {
    const disk = (devices.disk ?? []).find(({ target }) => target === one.target)
    const file = disk && fileOf(disk)
    const shown = quote(one.target)
    if (disk === undefined || file === undefined)
      throw domainError('ERR_CONFIG_UNSUPPORTED', `disk ${shown} has no image at the destination`)
    const source = sources.get(one.target)
    const [here, there] = [source, file].map((path) =>
      path === undefined ? undefined : imageUse(path, { writes: true, shared: false }),
    )
    const same = here?.device === there?.device && here?.inode === there?.inode
    if (source === file || (same && here !== undefined))
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        `disk ${shown} would be copied onto itself, ${quote(file, 200)}: name another image (--xml), or move the guest without its storage`,
      )
    return { ...one, file, format: disk.format ?? 'raw' }
  })
}

/** Makes the images that are not there. Which those are is said before. */
export async function makeArrivals(disks: readonly ArrivingDisk[]): Promise<void> {
  for (const { file, format, sizeBytes, backing } of disks)
    if (!existsSync(file))
      await createImage({ file, format, sizeBytes, ...(backing && { backing }) })
}

/** Has QEMU take the disks, before it takes the guest. */
export async function serveDisks(
  qmp: QmpClient,
  disks: readonly Disk[],
  { server, isEncrypted }: { readonly server: DiskServer; readonly isEncrypted: boolean },
): Promise<void> {
  const { type, ...data } = server
  await qmp.executeUnchecked('nbd-server-start', {
    addr: { type, data },
    ...(isEncrypted && { 'tls-creds': tlsId }),
  })
  for (const disk of disks) {
    await qmp.executeUnchecked('block-export-add', {
      type: 'nbd',
      id: exportId(disk),
      'node-name': await topNode(qmp, disk),
      name: disk.target,
      writable: true,
    })
  }
}

/** All of them are there: nobody else writes them from now on. */
export async function closeServer(qmp: QmpClient, disks: readonly Disk[]): Promise<void> {
  for (const disk of disks)
    await qmp.executeUnchecked('block-export-del', { id: exportId(disk), mode: 'hard' })
  await qmp.executeUnchecked('nbd-server-stop')
}

function exportId({ target }: Disk): string {
  return `polyvirt-arrival-${target}`
}
