/** A minimal ELF object with a `.modinfo` section, as a kernel module has one. */
export function elfObject(
  info: readonly string[],
  { bits, little }: { readonly bits: 32 | 64; readonly little: boolean },
): Uint8Array {
  const is64 = bits === 64
  const headerBytes = is64 ? 64 : 52
  const entryBytes = is64 ? 64 : 40
  const modinfo = Buffer.from(info.map((line) => `${line}\0`).join(''))
  const names = Buffer.from('\0.modinfo\0.shstrtab\0')
  const tableAt = headerBytes + modinfo.length + names.length
  const bytes = Buffer.concat([
    Buffer.alloc(headerBytes),
    modinfo,
    names,
    Buffer.alloc(3 * entryBytes),
  ])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number, value: number): void =>
    is64 ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, little ? 1 : 2, 1])
  word(is64 ? 0x28 : 0x20, tableAt)
  view.setUint16(is64 ? 0x3a : 0x2e, entryBytes, little)
  view.setUint16(is64 ? 0x3c : 0x30, 3, little)
  view.setUint16(is64 ? 0x3e : 0x32, 2, little)
  const section = (index: number, nameAt: number, offset: number, size: number): void => {
    const at = tableAt + index * entryBytes
    view.setUint32(at, nameAt, little)
    word(at + (is64 ? 0x18 : 0x10), offset)
    word(at + (is64 ? 0x20 : 0x14), size)
  }
  section(1, 1, headerBytes, modinfo.length)
  section(2, 10, headerBytes + modinfo.length, names.length)
  return bytes
}
