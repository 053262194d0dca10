/** The smallest file that QEMU loads as a kernel: nothing in it is ever run. */
export function stubKernel(program: string): Buffer {
  return program.includes('ppc') ? elf() : bzImage()
}

/** Linux' x86 boot protocol, as far as a loader looks (Documentation/arch/x86/boot.rst). */
function bzImage(): Buffer {
  const image = Buffer.alloc(65_536)
  image.writeUInt8(1, 0x1f1) // setup sectors
  image.writeUInt16LE(0xaa55, 0x1fe)
  image.write('HdrS', 0x202, 'latin1')
  image.writeUInt16LE(0x020c, 0x206) // version of the protocol
  image.writeUInt8(1, 0x211) // loaded high
  image.writeUInt32LE(0x7fff_ffff, 0x22c) // highest address of an initrd
  image.writeUInt32LE(0x7ff, 0x238) // longest command line
  return image
}

/** A 64 bit little endian Power executable with one segment. */
function elf(): Buffer {
  const image = Buffer.alloc(4096)
  image.write('\x7fELF\x02\x01\x01', 0, 'latin1')
  image.writeUInt16LE(2, 16) // executable
  image.writeUInt16LE(21, 18) // PowerPC64
  image.writeUInt32LE(1, 20)
  image.writeBigUInt64LE(64n, 32) // program headers follow this header
  image.writeUInt32LE(2, 48) // ABI version 2
  image.writeUInt16LE(64, 52)
  image.writeUInt16LE(56, 54)
  image.writeUInt16LE(1, 56)
  const header = image.subarray(64)
  header.writeUInt32LE(1, 0) // load
  header.writeUInt32LE(5, 4) // read, execute
  header.writeBigUInt64LE(0n, 8)
  header.writeBigUInt64LE(4096n, 32)
  header.writeBigUInt64LE(4096n, 40)
  return image
}
