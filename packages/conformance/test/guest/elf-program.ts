/** How the numbers of an ELF file are written. */
export interface ElfShape {
  readonly is64: boolean
  readonly little: boolean
}

export interface ElfProgram extends ElfShape {
  readonly interpreter?: string
  readonly libraries: readonly string[]
}

const loadedAt = 0x10000

/** The least of a program that a dynamic linker would look at: one segment, one dynamic section. */
export function elfProgram({ is64, little, interpreter, libraries }: ElfProgram): Buffer {
  const wordBytes = is64 ? 8 : 4
  const elf = Buffer.alloc(1024)
  const u16 = (at: number, value: number): void =>
    void (little ? elf.writeUInt16LE(value, at) : elf.writeUInt16BE(value, at))
  const u32 = (at: number, value: number): void =>
    void (little ? elf.writeUInt32LE(value, at) : elf.writeUInt32BE(value, at))
  const word = (at: number, value: number): void => {
    if (!is64) u32(at, value)
    else if (little) elf.writeBigUInt64LE(BigInt(value), at)
    else elf.writeBigUInt64BE(BigInt(value), at)
  }
  elf.write('\x7fELF', 0, 'latin1')
  elf[4] = is64 ? 2 : 1
  elf[5] = little ? 1 : 2

  const [programAt, dynamicAt, stringsAt, interpreterAt] = [64, 320, 600, 560]
  const strings = ['', ...libraries].map((name) => `${name}\0`)
  elf.write(strings.join(''), stringsAt, 'latin1')
  if (interpreter !== undefined) elf.write(`${interpreter}\0`, interpreterAt, 'latin1')
  const offsetOf = (index: number): number => strings.slice(0, index + 1).join('').length

  // A name before the table of names is known is as good as one behind it.
  const entries = [
    ...libraries.map((_, index) => [1, offsetOf(index)] as const),
    [5, loadedAt + stringsAt] as const,
    [0, 0] as const,
  ]
  for (const [index, [tag, value]] of entries.entries()) {
    word(dynamicAt + index * 2 * wordBytes, tag)
    word(dynamicAt + index * 2 * wordBytes + wordBytes, value)
  }
  const segments = [
    { type: 1, at: 0, bytes: elf.length },
    { type: 2, at: dynamicAt, bytes: entries.length * 2 * wordBytes },
    ...(interpreter === undefined
      ? []
      : [{ type: 3, at: interpreterAt, bytes: interpreter.length + 1 }]),
  ]
  const entryBytes = is64 ? 56 : 32
  word(is64 ? 0x20 : 0x1c, programAt)
  u16(is64 ? 0x36 : 0x2a, entryBytes)
  u16(is64 ? 0x38 : 0x2c, segments.length)
  for (const [index, { type, at, bytes }] of segments.entries()) {
    const header = programAt + index * entryBytes
    u32(header, type)
    word(header + (is64 ? 8 : 4), at)
    word(header + (is64 ? 16 : 8), loadedAt + at)
    word(header + (is64 ? 32 : 16), bytes)
  }
  return elf
}
