/** What a program or library asks the dynamic linker for. */
export interface ElfNeeds {
  /** Path of the dynamic linker itself; a library names none. */
  readonly interpreter?: string
  /** Names of the libraries it is linked with, in its own order. */
  readonly libraries: readonly string[]
}

// Program header and dynamic section types: System V ABI, chapter 5.
const ptLoad = 1
const ptDynamic = 2
const ptInterp = 3
const dtNull = 0
const dtNeeded = 1
const dtStrtab = 5

/** Reads an ELF file of any machine, word size and byte order. Throws where it is none. */
export function elfNeeds(file: string, bytes: Uint8Array): ElfNeeds {
  const elf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46) {
    throw new Error(`${file} is not an ELF file`)
  }
  try {
    return readNeeds(elf)
  } catch (error) {
    throw new Error(`${file} is a damaged ELF file`, { cause: error })
  }
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

function readNeeds(elf: Buffer): ElfNeeds {
  const is64 = elf[4] === 2
  const little = elf[5] === 1
  const u16 = (at: number): number => (little ? elf.readUInt16LE(at) : elf.readUInt16BE(at))
  const u32 = (at: number): number => (little ? elf.readUInt32LE(at) : elf.readUInt32BE(at))
  const u64 = (at: number): bigint => (little ? elf.readBigUInt64LE(at) : elf.readBigUInt64BE(at))
  const word = (at: number): number => (is64 ? Number(u64(at)) : u32(at))
  const text = (at: number): string => {
    const end = elf.indexOf(0, at)
    if (end < at) throw new RangeError(`no string at byte ${at}`)
    return elf.toString('latin1', at, end)
  }

  const tableAt = word(is64 ? 0x20 : 0x1c)
  const entryBytes = u16(is64 ? 0x36 : 0x2a)
  const segments = Array.from({ length: u16(is64 ? 0x38 : 0x2c) }, (_, index): Segment => {
    const at = tableAt + index * entryBytes
    return {
      type: u32(at),
      offset: word(at + (is64 ? 8 : 4)),
      address: word(at + (is64 ? 16 : 8)),
      size: word(at + (is64 ? 32 : 16)),
    }
  })
  // The dynamic section speaks of addresses in memory; the segments say where in the file those are.
  const inFile = (address: number): number => {
    const holder = segments.find(
      (one) => one.type === ptLoad && one.address <= address && address < one.address + one.size,
    )
    if (holder === undefined) throw new RangeError(`address ${address} is in no segment`)
    return address - holder.address + holder.offset
  }

  const found = segments.find(({ type }) => type === ptInterp)
  const interpreter = found === undefined ? {} : { interpreter: text(found.offset) }
  const dynamic = segments.find(({ type }) => type === ptDynamic)
  if (dynamic === undefined) return { ...interpreter, libraries: [] }
  const step = is64 ? 8 : 4
  const names: number[] = []
  let strings = 0
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 2 * step) {
    const tag = word(at)
    if (tag === dtNull) break
    if (tag === dtNeeded) names.push(word(at + step))
    if (tag === dtStrtab) strings = inFile(word(at + step))
  }
  return { ...interpreter, libraries: names.map((name) => text(strings + name)) }
}
