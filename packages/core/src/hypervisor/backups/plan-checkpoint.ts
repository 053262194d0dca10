import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import type { NewMoment } from '../../store/index.ts'
import { formatDomain } from '../../xml/parse-domain.ts'
import { isNamed, isWritten, noDiskNamed } from '../blocks/named-disk.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { formatCheckpoint, readCheckpoint } from './checkpoint-document.ts'
import type { CheckpointDisk, CheckpointElement } from './checkpoint-document.ts'

/** A checkpoint that can be made. */
export interface PlannedCheckpoint {
  readonly name: string
  /** Names of its bitmaps, by disk. */
  readonly bitmaps: ReadonlyMap<string, string>
  readonly row: NewMoment
}

/** @throws DomainError for a name that is taken, and a disk whose image holds no bitmaps. */
export function planCheckpoint(
  { store }: Rooms,
  { domain }: Running,
  { live, xml }: { readonly live: Domain; readonly xml: string },
): PlannedCheckpoint {
  const { uuid } = domain
  const wish = readCheckpoint(xml)
  const name = wish.name ?? String(Math.floor(Date.now() / 1000))
  const before = store.checkpoints(uuid)
  if (before.some((one) => one.name === name))
    throw domainError('ERR_OPERATION_FAILED', `domain moment ${name} already exists`)
  const disks = settledDisks(live, wish, name)
  const bitmaps = new Map(
    disks.flatMap((one) => (one.bitmap === undefined ? [] : [[one.name, one.bitmap] as const])),
  )
  if (bitmaps.size === 0)
    throw domainError('ERR_CONFIG_UNSUPPORTED', 'no disks selected for checkpoint')
  const parent = before.find(({ current }) => current)?.name
  const document = formatCheckpoint({
    name,
    ...(wish.description !== undefined && { description: wish.description }),
    ...(parent !== undefined && { parent }),
    creationTime: Math.floor(Date.now() / 1000),
    disks,
    domain: formatDomain(live),
  })
  return { name, bitmaps, row: { uuid, name, xml: document } }
}

function settledDisks(
  { devices }: Domain,
  wish: CheckpointElement,
  name: string,
): readonly CheckpointDisk[] {
  const disks = devices.disk ?? []
  const unknown = wish.disks?.find(({ name: one }) => !disks.some((disk) => isNamed(disk, one)))
  if (unknown !== undefined)
    throw domainError('ERR_CONFIG_UNSUPPORTED', noDiskNamed(unknown.name, disks))
  return disks.map((disk): CheckpointDisk => {
    const asked = wish.disks?.find((one) => isNamed(disk, one.name))
    const canBeWritten = !isEmpty(disk) && isWritten(disk)
    const takesPart =
      asked === undefined ? wish.disks === undefined && canBeWritten : asked.checkpoint !== 'no'
    if (!takesPart) return { name: disk.target, checkpoint: 'no' }
    if (disk.format !== 'qcow2')
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        `checkpoint for disk ${disk.target} unsupported for storage type ${disk.format ?? 'raw'}`,
      )
    return { name: disk.target, checkpoint: 'bitmap', bitmap: asked?.bitmap ?? name }
  })
}
