import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bootableKernel } from '../../src/guest/bootable-kernel.ts'

const kernel = Buffer.from('MZ and the rest of a kernel '.repeat(40))

/** An image that unpacks itself, as Linux builds it: a header, a program, and what is packed. */
function packed(payload: Uint8Array, packing: string): Buffer {
  const at = 512
  const file = Buffer.alloc(at + payload.length + 8)
  file.write('MZ\0\0zimg', 0, 'latin1')
  file.writeUInt32LE(at, 8)
  file.writeUInt32LE(payload.length, 12)
  file.write(packing, 24, 'latin1')
  file.set(payload, at)
  return file
}

describe('a kernel as QEMU loads it', () => {
  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('is taken out of an EFI image that is packed with %s', (packing, pack) => {
    expect(bootableKernel('vmlinuz', packed(pack(kernel), packing))).toEqual(kernel)
  })

  it('is the image itself, where it is of another kind', () => {
    for (const image of [kernel, Buffer.from('\x7fELF'), Buffer.alloc(0)]) {
      expect(bootableKernel('vmlinux', image)).toBe(image)
    }
  })

  it('says what it is packed with, where nobody here can unpack that', () => {
    const image = packed(Buffer.from('?'), 'xzkern')
    expect(() => bootableKernel('vmlinuz-7', image)).toThrow(
      "the kernel vmlinuz-7 is packed with 'xzkern', not gzip or zstd",
    )
  })

  it('is not looked for behind the end of the file', () => {
    const image = packed(gzipSync(kernel), 'gzip').subarray(0, 530)
    expect(() => bootableKernel('vmlinuz', image)).toThrow('the kernel vmlinuz is cut short')
  })
})
