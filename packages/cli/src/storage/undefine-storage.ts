import { CommandError, invalidArgument } from '../command-error.ts'
import type { Context } from '../command.ts'
import { elementAt, printable } from '../core.ts'
import type { Hypervisor, StorageVolumeSummary, XmlElement } from '../core.ts'
import { devicesOf } from '../xml/devices-of.ts'

/** The volume behind a disk of a guest that is to go. */
export interface DiskVolume {
  readonly target: string
  readonly path: string
  readonly volume: StorageVolumeSummary
}

/**
 * The volumes of a guest's disks: of those that are named by target or path, or of all. What is in
 * no pool is told, and stays.
 *
 * @throws CommandError for a disk that the guest does not have.
 */
export async function diskVolumes(
  context: Pick<Context, 'warn'>,
  hypervisor: Hypervisor,
  { reference, wanted }: { readonly reference: string; readonly wanted: readonly string[] | 'all' },
): Promise<readonly DiskVolume[]> {
  const xml = await hypervisor.domainGetXmlDesc(reference, { inactive: true })
  const disks = await devicesOf(xml, 'disk')
  const known = disks.map((disk) => ({ target: targetOf(disk), source: sourceOf(disk), disk }))
  const missing =
    wanted === 'all'
      ? undefined
      : wanted.find((one) => !known.some(({ target, source }) => one === target || one === source))
  if (missing !== undefined) {
    throw invalidArgument(`Volume '${missing}' was not found in domain's definition.`)
  }
  const found: DiskVolume[] = []
  for (const { target, source, disk } of known) {
    const isMeant = wanted === 'all' || wanted.some((one) => one === target || one === source)
    const device = disk.attributes.get('device') ?? 'disk'
    // What is read only is nobody's to remove with one of those that read it.
    const isShared = device !== 'disk' || elementAt(disk, 'readonly') !== undefined
    if (!isMeant || source === undefined || (wanted === 'all' && isShared)) continue
    const volume = await hypervisor
      .storageVolLookup(volumeReference(disk, source))
      .catch(() => undefined)
    if (volume === undefined) {
      context.warn(
        `Storage volume '${target}'(${source}) is not managed by polyvirt. Remove it manually.`,
      )
    } else found.push({ target, path: volume.path, volume })
  }
  return found
}

/** Removes them, each told by itself; one that cannot be removed keeps none of the others. */
export async function removeVolumes(
  hypervisor: Hypervisor,
  volumes: readonly DiskVolume[],
): Promise<{ readonly removed: readonly string[]; readonly failed: readonly CommandError[] }> {
  const removed: string[] = []
  const failed: CommandError[] = []
  for (const { target, path, volume } of volumes) {
    try {
      await hypervisor.storageVolDelete({ pool: volume.pool, name: volume.name })
      removed.push(`Volume '${printable(target)}'(${printable(path)}) removed.\n`)
    } catch (cause) {
      failed.push(
        new CommandError(`Failed to remove storage volume '${target}'(${path})`, { cause }),
      )
    }
  }
  return { removed, failed }
}

function targetOf(disk: XmlElement): string {
  return elementAt(disk, 'target')?.attributes.get('dev') ?? ''
}

function sourceOf(disk: XmlElement): string | undefined {
  const attributes = elementAt(disk, 'source')?.attributes
  return attributes?.get('file') ?? attributes?.get('dev') ?? attributes?.get('volume')
}

function volumeReference(
  disk: XmlElement,
  source: string,
): Parameters<Hypervisor['storageVolLookup']>[0] {
  const pool = elementAt(disk, 'source')?.attributes.get('pool')
  return pool === undefined ? { path: source } : { pool, name: source }
}
