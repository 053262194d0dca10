import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { GuestError } from './guest-error.ts'

/** Ways to pack an EFI image that unpacks itself, as its header names them. */
const unpackers: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
}

/**
 * The kernel that QEMU loads by itself. An EFI image that unpacks itself (Linux
 * `drivers/firmware/efi/libstub/zboot-header.S`) needs firmware to run it, so what is packed in it
 * is taken out; every other image is as QEMU wants it.
 */
export function bootableKernel(file: string, image: Uint8Array): Uint8Array {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength)
  if (bytes.toString('latin1', 0, 8) !== 'MZ\0\0zimg') return image
  const at = bytes.readUInt32LE(8)
  const size = bytes.readUInt32LE(12)
  const packing = bytes.toString('latin1', 24, 56).replace(/\0.*$/s, '')
  const unpack = Object.hasOwn(unpackers, packing) ? unpackers[packing] : undefined
  if (unpack === undefined) {
    const known = Object.keys(unpackers).join(' or ')
    throw new GuestError(`the kernel ${file} is packed with '${packing}', not ${known}`)
  }
  if (at + size > bytes.length) throw new GuestError(`the kernel ${file} is cut short`)
  return unpack(bytes.subarray(at, at + size))
}
