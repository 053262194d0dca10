import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { domainError, quote } from '../../errors.ts'
import { systemReason } from '../../run/system-reason.ts'

/**
 * A saved guest: a block that says how large the two slots behind it are, the slots, and QEMU's
 * stream. A slot holds what is known of the guest, with its own checksum; a change is written into the
 * slot that does not count, so that whoever dies over it has changed nothing.
 */
export interface SaveHeader {
  readonly uuid: string
  readonly name: string
  /** The definition that the guest is started with. */
  readonly xml: string
  /** Whether the guest runs when it is restored. */
  readonly state: 'running' | 'paused'
  readonly savedAtMs: number
  /** Length of QEMU's stream; missing while it is being written. */
  readonly streamBytes?: number
}

const magic = 'polyvirt saved guest 1\n'
const blockBytes = 4096
const leastSlotBytes = 64 * 1024

interface Slot {
  readonly sequence: number
  readonly header: SaveHeader
}

/** Where QEMU's stream begins. */
function streamStart(slotBytes: number): number {
  return blockBytes + 2 * slotBytes
}

/** Begins an image: room for the definition to grow to twice its size. */
export async function beginImage(file: FileHandle, header: SaveHeader): Promise<number> {
  const wanted = 2 * Buffer.byteLength(JSON.stringify(header)) + 1024
  const slotBytes = Math.ceil(Math.max(wanted, leastSlotBytes) / blockBytes) * blockBytes
  const block = Buffer.alloc(streamStart(slotBytes))
  block.write(magic, 0, 'latin1')
  block.writeUInt32BE(slotBytes, 32)
  encodeSlot({ sequence: 1, header }).copy(block, blockBytes)
  await file.write(block, 0, block.length, 0)
  return block.length
}

function encodeSlot(slot: Slot): Buffer {
  const text = Buffer.from(JSON.stringify(slot))
  const head = Buffer.alloc(36)
  head.writeUInt32BE(text.length, 0)
  createHash('sha256').update(text).digest().copy(head, 4)
  return Buffer.concat([head, text])
}

function decodeSlot(bytes: Buffer): Slot | undefined {
  const length = bytes.readUInt32BE(0)
  const text = bytes.subarray(36, 36 + length)
  if (length === 0 || text.length !== length) return undefined
  if (!createHash('sha256').update(text).digest().equals(bytes.subarray(4, 36))) return undefined
  return JSON.parse(text.toString('utf8')) as Slot
}

/** Replaces what is known of the guest, in the slot that does not count yet. */
export async function replaceHeader(
  file: FileHandle,
  change: (header: SaveHeader) => SaveHeader,
  path: string,
): Promise<void> {
  const { slots, slotBytes } = await readSlots(file, path)
  const current = newest(slots, path)
  const bytes = encodeSlot({ sequence: current.sequence + 1, header: change(current.header) })
  if (bytes.length > slotBytes) {
    throw domainError(
      'ERR_INVALID_ARG',
      `the definition does not fit into ${quote(path, 200)}: it has room for ${slotBytes} bytes`,
    )
  }
  const other = slots.findIndex((slot) => slot?.sequence !== current.sequence)
  await file.write(bytes, 0, bytes.length, blockBytes + other * slotBytes)
  await file.sync()
}

async function readSlots(
  file: FileHandle,
  path: string,
): Promise<{ readonly slots: readonly (Slot | undefined)[]; readonly slotBytes: number }> {
  const block = Buffer.alloc(blockBytes)
  await file.read(block, 0, blockBytes, 0)
  const slotBytes = block.readUInt32BE(32)
  if (block.toString('latin1', 0, magic.length) !== magic || slotBytes > 2 ** 26) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `${quote(path, 200)} is not a saved guest of polyvirt; it has been kept as it is`,
    )
  }
  const slots = await Promise.all(
    [0, 1].map(async (i) => {
      const bytes = Buffer.alloc(slotBytes)
      const { bytesRead } = await file.read(bytes, 0, slotBytes, blockBytes + i * slotBytes)
      return bytesRead < 36 ? undefined : decodeSlot(bytes)
    }),
  )
  return { slots, slotBytes }
}

function newest(slots: readonly (Slot | undefined)[], path: string): Slot {
  const [best] = slots
    .filter((slot) => slot !== undefined)
    .toSorted((a, b) => b.sequence - a.sequence)
  if (best !== undefined) return best
  throw domainError('ERR_OPERATION_FAILED', `the saved guest ${quote(path, 200)} is damaged`)
}

/** A saved guest that is whole: what is known of it, and where QEMU's stream begins. */
export interface SavedGuest {
  readonly header: SaveHeader
  readonly streamStart: number
}

/** Opens an image, for reading or for a change of its header. */
export async function openImage(path: string, mode: 'read' | 'write'): Promise<FileHandle> {
  try {
    const flags = mode === 'read' ? constants.O_RDONLY : constants.O_RDWR
    const file = await open(path, flags | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (cause) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `cannot open the saved guest ${quote(path, 200)}: ${systemReason(cause)}`,
      { cause },
    )
  }
  throw domainError('ERR_OPERATION_FAILED', `${quote(path, 200)} is not a regular file`)
}

/**
 * @throws DomainError for what is no saved guest, or not all of one. The file is left as it is: the
 * guest's memory may be in it, and nowhere else.
 */
export async function readImage(path: string): Promise<SavedGuest> {
  await using file = await openImage(path, 'read')
  const { slots, slotBytes } = await readSlots(file, path)
  const { header } = newest(slots, path)
  const { size } = await file.stat()
  const start = streamStart(slotBytes)
  if (header.streamBytes === undefined || size < start + header.streamBytes) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the saved guest ${quote(path, 200)} is cut off: ${size} bytes of ${start + (header.streamBytes ?? 0)}; it has been kept as it is`,
    )
  }
  return { header, streamStart: start }
}
