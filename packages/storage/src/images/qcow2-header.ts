/** What stands in the header of a qcow2 image (QEMU, docs/interop/qcow2.txt). */
export interface Qcow2Header {
  readonly capacity: number
  readonly compat: '0.10' | '1.1'
  readonly clusterSize: number
  readonly lazyRefcounts: boolean
  readonly extendedL2: boolean
  readonly encrypted: boolean
  /** The image below, as it is written: a path, or something that QEMU opens by its name. */
  readonly backing?: string
  readonly backingFormat?: string
  /** Where the data are, if not in this file; empty where no name is written. */
  readonly dataFile?: string
}

const v2Bytes = 72
const v3Bytes = 104

/** Bits of version 3: what must be understood, and what may be ignored. */
const incompatible = { dataFile: 1n << 2n, extendedL2: 1n << 4n } as const
const compatible = { lazyRefcounts: 1n << 0n } as const

const extensions = { end: 0, backingFormat: 0xe2792aca, dataFile: 0x44415441 } as const

/** A longer name of an image below is an error to QEMU. */
const maxBackingBytes = 1023

/** Nothing where it is no header of a version that QEMU reads. */
export function readQcow2(bytes: Buffer): Qcow2Header | undefined {
  if (bytes.length < v2Bytes) return undefined
  const version = bytes.readUInt32BE(4)
  if (version !== 2 && version !== 3) return undefined
  if (version === 3 && bytes.length < v3Bytes) return undefined
  const clusterBits = bytes.readUInt32BE(20)
  const capacity = Number(bytes.readBigUInt64BE(24))
  if (clusterBits < 9 || clusterBits > 21 || !Number.isSafeInteger(capacity)) return undefined
  const must = version === 3 ? bytes.readBigUInt64BE(72) : 0n
  const may = version === 3 ? bytes.readBigUInt64BE(80) : 0n
  const backing = readBacking(bytes)
  const named = readExtensions(bytes, version === 3 ? bytes.readUInt32BE(100) : v2Bytes)
  const backingFormat = named.get(extensions.backingFormat)
  return {
    capacity,
    compat: version === 3 ? '1.1' : '0.10',
    clusterSize: 2 ** clusterBits,
    lazyRefcounts: (may & compatible.lazyRefcounts) !== 0n,
    extendedL2: (must & incompatible.extendedL2) !== 0n,
    encrypted: bytes.readUInt32BE(32) !== 0,
    ...(backing !== undefined && { backing }),
    ...(backingFormat !== undefined && { backingFormat }),
    ...((must & incompatible.dataFile) !== 0n && {
      dataFile: named.get(extensions.dataFile) ?? '',
    }),
  }
}

/** The name of the image below; empty where it does not stand in these bytes. */
export function readBacking(bytes: Buffer): string | undefined {
  const at = Number(bytes.readBigUInt64BE(8))
  const length = bytes.readUInt32BE(16)
  if (at === 0 || length === 0) return undefined
  // It is there, and nobody here can say which: that is no image without one.
  if (length > maxBackingBytes || at + length > bytes.length) return ''
  return bytes.toString('utf8', at, at + length)
}

/** Header extensions by their type, as text. */
function readExtensions(bytes: Buffer, from: number): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  let at = from
  while (at >= v2Bytes && at + 8 <= bytes.length) {
    const type = bytes.readUInt32BE(at)
    const length = bytes.readUInt32BE(at + 4)
    if (type === extensions.end || at + 8 + length > bytes.length) break
    if (!found.has(type)) found.set(type, bytes.toString('utf8', at + 8, at + 8 + length))
    at += 8 + Math.ceil(length / 8) * 8
  }
  return found
}
