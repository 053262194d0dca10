import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** What stands in an image about the images that it stands on, as it is written there. */
export interface ImageLinks {
  /** The image below. */
  readonly backing?: string
  /** The file that holds the data of a qcow2 image, where it is not the image itself. */
  readonly dataFile?: string
}

/** QEMU's own bound of a backing file's name (block.c, `PATH_MAX` less; qcow2.c, 1023). */
const maxNameBytes = 1023
/** Header extensions of qcow2 (docs/interop/qcow2.txt) and where they begin by version. */
const dataFileName = 0x44415441
const extensionsOfVersion2 = 72
const formats: readonly string[] = ['qcow', 'qcow2', 'qed', 'vmdk']
/** A descriptor of vmdk stands in its first sectors. */
const vmdkBytes = 64 * 1024

/**
 * Reads an image's header, never more. A format that stands on no other image has no links; nor has
 * an image of any format that is not said and not recognised.
 *
 * @param format as it is known; by the image's first bytes where it is not
 */
export async function readImageLinks(path: string, format?: string): Promise<ImageLinks> {
  if (format !== undefined && !formats.includes(format)) return {}
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const head = Buffer.alloc(vmdkBytes)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    const header = head.subarray(0, bytesRead)
    const textAt = async (offset: number, length: number): Promise<string | undefined> => {
      if (offset === 0 || length === 0 || length > maxNameBytes) return undefined
      const name = Buffer.alloc(length)
      const read = await file.read(name, 0, length, offset)
      return name.subarray(0, read.bytesRead).toString('utf8')
    }
    const qcow = await qcowLinks(header, textAt)
    const qed = await qedLinks(header, textAt)
    return { ...qcow, ...qed, ...vmdkLinks(header) }
  } finally {
    await file.close()
  }
}

type TextAt = (offset: number, length: number) => Promise<string | undefined>

async function qcowLinks(header: Buffer, textAt: TextAt): Promise<ImageLinks> {
  if (header.length < extensionsOfVersion2 || header.readUInt32BE(0) !== 0x514649fb) return {}
  const backing = await textAt(Number(header.readBigUInt64BE(8)), header.readUInt32BE(16))
  const dataFile = header.readUInt32BE(4) >= 2 ? extensionText(header, dataFileName) : undefined
  return { ...(backing !== undefined && { backing }), ...(dataFile !== undefined && { dataFile }) }
}

function extensionText(header: Buffer, wanted: number): string | undefined {
  let at = header.readUInt32BE(4) === 2 ? extensionsOfVersion2 : header.readUInt32BE(100)
  while (at + 8 <= header.length) {
    const type = header.readUInt32BE(at)
    const length = header.readUInt32BE(at + 4)
    if (type === 0 || at + 8 + length > header.length) return undefined
    if (type === wanted) return header.toString('utf8', at + 8, at + 8 + length)
    at += 8 + Math.ceil(length / 8) * 8
  }
  return undefined
}

async function qedLinks(header: Buffer, textAt: TextAt): Promise<ImageLinks> {
  if (header.length < 64 || header.toString('latin1', 0, 4) !== 'QED\0') return {}
  // Bit 0 of the features: there is an image below (docs/interop/qed_spec.rst).
  if ((header.readBigUInt64LE(16) & 1n) === 0n) return {}
  const backing = await textAt(header.readUInt32LE(56), header.readUInt32LE(60))
  return backing === undefined ? {} : { backing }
}

function vmdkLinks(header: Buffer): ImageLinks {
  const start = header.toString('latin1', 0, 21)
  if (!start.startsWith('KDMV') && start !== '# Disk DescriptorFile') return {}
  const backing = /^parentFileNameHint="([^"\n]{1,1023})"/m.exec(header.toString('latin1'))?.[1]
  return backing === undefined ? {} : { backing }
}

/** Where such a name leads, from the image that it stands in; nothing for one that is no file. */
export function linkTarget(image: string, name: string): string | undefined {
  const plain = name.startsWith('file:') ? name.slice('file:'.length) : name
  // As QEMU reads it: a word and a colon before any slash is a protocol.
  if (/^[A-Za-z0-9+.-]+:/.test(plain)) return undefined
  return resolve(dirname(image), plain)
}
