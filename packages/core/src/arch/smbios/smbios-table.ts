import type { HostFiles } from '../host-info.ts'

/** Linux's copies of firmware's tables (Documentation/ABI/testing/sysfs-firmware-dmi-tables). */
export const dmiTable = '/sys/firmware/dmi/tables/DMI'
export const dmiEntryPoint = '/sys/firmware/dmi/tables/smbios_entry_point'

/** One structure of the SMBIOS table (DMTF DSP0134, section 6.1). */
export class SmbiosStructure {
  readonly type: number
  /** Where the structure begins in the table, and where its strings do. */
  readonly start: number
  readonly stringsStart: number
  readonly end: number
  readonly #bytes: Uint8Array
  readonly #strings: readonly string[]

  constructor(bytes: Uint8Array, start: number, stringsStart: number, end: number) {
    this.#bytes = bytes.subarray(start, stringsStart)
    this.type = this.#bytes[0] ?? 0
    this.start = start
    this.stringsStart = stringsStart
    this.end = end
    this.#strings = stringsOf(bytes.subarray(stringsStart, end))
  }

  byte(offset: number): number | undefined {
    return this.#bytes[offset]
  }

  word(offset: number): number | undefined {
    const high = this.#bytes[offset + 1]
    return high === undefined ? undefined : (this.#bytes[offset] ?? 0) | (high << 8)
  }

  dword(offset: number): number | undefined {
    const high = this.word(offset + 2)
    return high === undefined ? undefined : ((this.word(offset) ?? 0) | (high << 16)) >>> 0
  }

  bytes(offset: number, length: number): Uint8Array | undefined {
    const found = this.#bytes.subarray(offset, offset + length)
    return found.length === length ? found : undefined
  }

  /**
   * The string whose number stands at an offset, in dmidecode's words where there is none; nothing
   * when the structure ends before the offset.
   */
  text(offset: number): string | undefined {
    const number = this.byte(offset)
    if (number === undefined) return undefined
    return number === 0 ? 'Not Specified' : this.string(number)
  }

  /** A string by its number, from 1 on. */
  string(number: number): string {
    return this.#strings[number - 1] ?? '<BAD INDEX>'
  }
}

/** Everything outside of printable ASCII becomes a dot, as dmidecode shows it. */
function stringsOf(bytes: Uint8Array): readonly string[] {
  const text = Array.from(bytes, (byte) => {
    if (byte === 0) return '\0'
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
  }).join('')
  const all = text.split('\0')
  // No string is empty: the first one that is stands behind the last.
  return all.slice(0, all.indexOf('')).map((one) => one.trimEnd())
}

export interface SmbiosTable {
  readonly structures: readonly SmbiosStructure[]
  /** The table ends inside a structure. */
  readonly cut: boolean
}

/** All structures up to the end marker; a table that is cut off gives those before the cut. */
export function readSmbiosTable(bytes: Uint8Array): SmbiosTable {
  const structures: SmbiosStructure[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = bytes[at + 1] ?? 0
    const strings = at + length
    const end = endOfStrings(bytes, strings)
    if (length < 4 || end === undefined) return { structures, cut: true }
    const structure = new SmbiosStructure(bytes, at, strings, end)
    structures.push(structure)
    if (structure.type === endOfTable) return { structures, cut: false }
    at = end + 1
  }
  return { structures, cut: at < bytes.length }
}

const endOfTable = 127

/** Strings end with an empty one. Where there are none, there are still two zeros. */
function endOfStrings(bytes: Uint8Array, start: number): number | undefined {
  for (let at = start; at + 1 < bytes.length; at++)
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 1
  return undefined
}

/** The specification's version, `major * 256 + minor`, out of the entry point of either kind. */
export function readSmbiosVersion(files: HostFiles): number | undefined {
  const bytes = files.read(dmiEntryPoint)
  if (bytes === undefined) return undefined
  const anchor = String.fromCharCode(...bytes.subarray(0, 5))
  const at = anchor === '_SM3_' ? 7 : anchor.startsWith('_SM_') ? 6 : undefined
  const major = at === undefined ? undefined : bytes[at]
  const minor = at === undefined ? undefined : bytes[at + 1]
  return major === undefined || minor === undefined ? undefined : major * 256 + minor
}
