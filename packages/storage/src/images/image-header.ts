import type { VolumeFormat } from '../documents/volume.ts'
import { readBacking, readQcow2 } from './qcow2-header.ts'
import type { Qcow2Header } from './qcow2-header.ts'

/** What the first bytes of a file say of it. */
export interface ImageHeader extends Partial<Qcow2Header> {
  readonly format: VolumeFormat
  /** Size of the disk in bytes; that of the file where the header does not say. */
  readonly capacity?: number
  /**
   * The image names a file beside the one it is in and the one below it: data that are elsewhere.
   * What such an image shows of the host is for its writer to choose.
   */
  readonly external?: boolean
}

/** As many bytes as tell every format: an ISO's mark stands behind 32 KiB. */
export const headerBytes = 65_536

type Reader = (bytes: Buffer) => ImageHeader

/** A format's mark: `offset`, the bytes there, and who reads on. */
type Mark = readonly [number, string, Reader]

const marks: readonly Mark[] = [
  [0, 'QFI\xfb\0\0\0\x01', readQcow1],
  [0, 'QFI\xfb', readQcow],
  [0, 'QED\0', readQed],
  [0, 'KDMV', readVmdk],
  [0, 'COWD', () => ({ format: 'vmdk', external: true })],
  [0, '# Disk DescriptorFile', () => ({ format: 'vmdk', external: true })],
  [0, 'vhdxfile', () => ({ format: 'vhdx' })],
  [0, 'conectix', (bytes) => ({ format: 'vpc', ...size(wide(bytes, 48)) })],
  [0, 'LUKS\xba\xbe', () => ({ format: 'luks' })],
  [0, 'WithoutFreeSpace', () => ({ format: 'parallels' })],
  [0, 'WithouFreSpacExt', () => ({ format: 'parallels' })],
  [0, 'Bochs Virtual HD Image', () => ({ format: 'bochs' })],
  [64, '\x7f\x10\xda\xbe', (bytes) => ({ format: 'vdi', ...size(wideLe(bytes, 368)) })],
  [32_769, 'CD001', () => ({ format: 'iso' })],
]

/**
 * Which format a file is in, by its mark; raw where it has none. Never throws, whatever the bytes.
 *
 * Sources of the offsets: QEMU's docs/interop/qcow2.txt and qed_spec.txt, VMware's "Virtual Disk
 * Format 5.0", Microsoft's "Virtual Hard Disk Image Format", block/vdi.c.
 */
export function readImageHeader(bytes: Buffer): ImageHeader {
  for (const [offset, mark, read] of marks) {
    if (bytes.toString('latin1', offset, offset + mark.length) === mark) return read(bytes)
  }
  return { format: 'raw' }
}

function readQcow(bytes: Buffer): ImageHeader {
  const header = readQcow2(bytes)
  // A mark without a header that QEMU could read is nothing but bytes.
  if (header === undefined) return { format: 'raw' }
  return { format: 'qcow2', ...header, ...(header.dataFile !== undefined && { external: true }) }
}

/** qcow: size and image below stand where qcow2 has them. */
function readQcow1(bytes: Buffer): ImageHeader {
  const backing = bytes.length < 48 ? '' : readBacking(bytes)
  return { format: 'qcow', ...size(wide(bytes, 24)), ...(backing !== undefined && { backing }) }
}

function readQed(bytes: Buffer): ImageHeader {
  const header: ImageHeader = { format: 'qed', ...size(wideLe(bytes, 48)) }
  if (bytes.length < 64) return header
  const hasBacking = (bytes.readBigUInt64LE(16) & 1n) !== 0n
  if (!hasBacking) return header
  const [at, length] = [bytes.readUInt32LE(56), bytes.readUInt32LE(60)]
  const whole = at + length <= bytes.length
  return { ...header, backing: whole ? bytes.toString('utf8', at, at + length) : '' }
}

/** QEMU reads this much of a descriptor. */
const descriptorBytes = 20 * 512

/** All numbers are sectors of 512 bytes. A descriptor can name other files, and an image below. */
function readVmdk(bytes: Buffer): ImageHeader {
  const capacity = (wideLe(bytes, 12) ?? 0) * 512
  const at = (wideLe(bytes, 28) ?? 0) * 512
  const descriptor = bytes.toString('latin1', at, at + descriptorBytes)
  const plain = at === 0 || (at + descriptorBytes <= bytes.length && !namesParent(descriptor))
  return {
    format: 'vmdk',
    ...size(capacity),
    ...((capacity === 0 || !plain) && { external: true }),
  }
}

function namesParent(descriptor: string): boolean {
  return /parentFileNameHint/i.test(descriptor)
}

function size(capacity: number | undefined): Pick<ImageHeader, 'capacity'> {
  return capacity !== undefined && Number.isSafeInteger(capacity) ? { capacity } : {}
}

function wide(bytes: Buffer, at: number): number | undefined {
  return at + 8 <= bytes.length ? Number(bytes.readBigUInt64BE(at)) : undefined
}

function wideLe(bytes: Buffer, at: number): number | undefined {
  return at + 8 <= bytes.length ? Number(bytes.readBigUInt64LE(at)) : undefined
}
