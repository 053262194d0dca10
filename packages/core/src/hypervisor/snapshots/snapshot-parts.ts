import { isEncrypted } from '../blocks/new-image.ts'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import { isNamed, isWritten, noDiskNamed } from '../blocks/named-disk.ts'
import { fileOf } from '../blocks/switch-image.ts'
import type { SnapshotOptions } from '../interface/snapshots.ts'
import type { SnapshotWish } from './snapshot-document.ts'

/** A disk that takes part, and how. */
export interface Part {
  readonly disk: Disk
  readonly kind: 'internal' | 'external'
  /** The overlay of an external one. */
  readonly file: string
}

export interface PartOptions extends SnapshotOptions {
  readonly name: string
  readonly isActive: boolean
}

/** Which disks take part, and whether in themselves or by a new image above. */
export function partsOf(domain: Domain, wish: SnapshotWish, options: PartOptions): readonly Part[] {
  const { name, isActive, diskOnly } = options
  const disks = (domain.devices.disk ?? []).filter((disk) => !isEmpty(disk))
  const unknown = wish.disks.find(({ name: one }) => !disks.some((disk) => isNamed(disk, one)))
  if (unknown !== undefined)
    throw domainError('ERR_CONFIG_UNSUPPORTED', noDiskNamed(unknown.name, disks))
  const hasMemory = wish.memory?.file !== undefined
  if (hasMemory && (!isActive || diskOnly === true))
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      'memory state cannot be saved with offline or disk-only snapshot',
    )
  const writable = disks.filter(isWritten)
  const canHold = (disk: Disk): boolean => disk.format === 'qcow2'
  const external =
    diskOnly === true ||
    hasMemory ||
    wish.disks.some((one) => one.snapshot === 'external') ||
    !writable.every(canHold)
  const parts = writable.flatMap((disk): Part[] => {
    const asked = wish.disks.find((one) => isNamed(disk, one.name))
    if (asked === undefined && disk.snapshot === 'manual')
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        `disk ${quote(disk.target)} is taken care of by hand in snapshots (snapshot='manual'); say what becomes of it in this one: no, internal or external (--diskspec ${disk.target},snapshot=no)`,
      )
    const kind =
      asked?.snapshot ?? (disk.snapshot === 'no' ? 'no' : external ? 'external' : 'internal')
    if (kind === 'no') return []
    return [{ disk, kind, file: asked?.file ?? overlayName(disk, name) }]
  })
  checkParts(parts, { isActive, diskOnly: diskOnly === true || hasMemory, canHold })
  return parts
}

/** The name of a new image above a disk's own. */
export function overlayName(disk: Disk, name: string): string {
  const file = fileOf(disk) ?? ''
  const stem = file.replace(/\.[^./]*$/, '')
  return `${stem === '' ? file : stem}.${name}`
}

interface PartRules {
  readonly isActive: boolean
  readonly diskOnly: boolean
  readonly canHold: (disk: Disk) => boolean
}

function checkParts(parts: readonly Part[], { isActive, diskOnly, canHold }: PartRules): void {
  const refuse = (message: string): never => {
    throw domainError('ERR_OPERATION_UNSUPPORTED', message)
  }
  const [first] = parts
  if (first === undefined) refuse('no disks are selected for the snapshot')
  if (parts.some(({ kind }) => kind !== first?.kind))
    refuse('internal and external snapshots cannot be mixed in one')
  // QEMU ends over a state inside such an image: an assertion of its qcow2 (seen with 7.2).
  const secret = parts.find(({ disk }) => isEncrypted(disk))
  if (secret !== undefined)
    refuse(
      `disk ${quote(secret.disk.target)} is encrypted: QEMU keeps no snapshot inside it, and a new image above it would not be encrypted; leave it out with <disk name='${secret.disk.target}' snapshot='no'/>`,
    )
  const raw = parts.find(({ disk, kind }) => kind === 'internal' && !canHold(disk))
  if (raw !== undefined)
    refuse(
      `disk ${quote(raw.disk.target)} is ${raw.disk.format ?? 'raw'} and holds no snapshots; use --disk-only, or qcow2`,
    )
  if (first?.kind === 'internal' && diskOnly)
    refuse('a snapshot of disks only, or with its memory in a file, is external')
  if (first?.kind === 'external' && isActive && !diskOnly)
    refuse(
      'a guest that runs has its memory kept in qcow2 disks, or in a file of its own (--memspec FILE); for disks alone say --disk-only',
    )
}
