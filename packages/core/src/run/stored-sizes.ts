import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** What an image is to a guest, and what it is on the host, in bytes. */
export interface StoredSizes {
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly physicalBytes: number
}

type Capacity = (header: Buffer, fileBytes: number) => number | undefined

/** Formats whose size stands in the first bytes (QEMU, docs/interop: qcow2.txt, qed_spec.txt), or that have no header. */
const capacities: Readonly<Record<string, Capacity>> = {
  raw: (_, fileBytes) => fileBytes,
  qcow2: (header) => {
    const isOne = header.readUInt32BE(0) === 0x514649fb && [2, 3].includes(header.readUInt32BE(4))
    return isOne ? Number(header.readBigUInt64BE(24)) : undefined
  },
  qed: (header) =>
    header.toString('latin1', 0, 4) === 'QED\0' ? Number(header.readBigUInt64LE(48)) : undefined,
}

const headerBytes = 56

/** What `st_blocks` counts, whatever the file system's own blocks are (inode(7)). */
const blockBytes = 512

/**
 * Looks at a file without any program, as it is at this moment, whoever has it open.
 *
 * @returns nothing where that does not tell: another format, a device, no such image.
 */
export async function readStoredSizes(
  path: string,
  format: string,
): Promise<StoredSizes | undefined> {
  const capacityOf = capacities[format]
  if (capacityOf === undefined) return undefined
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const found = await file.stat()
    if (!found.isFile()) return undefined
    const header = Buffer.alloc(headerBytes)
    await file.read(header, 0, headerBytes, 0)
    const capacityBytes = capacityOf(header, found.size)
    if (capacityBytes === undefined || !Number.isSafeInteger(capacityBytes)) return undefined
    return {
      capacityBytes,
      allocationBytes: found.blocks * blockBytes,
      physicalBytes: found.size,
    }
  } catch {
    return undefined
  }
}
