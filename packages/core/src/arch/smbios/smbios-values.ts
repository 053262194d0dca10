import type { SmbiosStructure } from './smbios-table.ts'
import type { SmbiosOptions } from './smbios-options.ts'
import { memoryTypeDetails, processorFamilies, processorStates } from './smbios-words.ts'

/** Values of SMBIOS structures that take more than a list, in dmidecode's words. */

/** Major and minor release of firmware; 255 is "not known". */
export function biosRelease(structure: SmbiosStructure): string | undefined {
  const major = structure.byte(0x14)
  const minor = structure.byte(0x15)
  if (major === undefined || minor === undefined || major === 255 || minor === 255) return undefined
  return `${major}.${minor}`
}

/** From version 2.6 on, the first three fields are little-endian, as in Microsoft's GUIDs. */
export function systemUuid(
  structure: SmbiosStructure,
  version: number | undefined,
): string | undefined {
  const bytes = structure.bytes(8, 16)
  if (bytes === undefined) return undefined
  if (bytes.every((byte) => byte === 0xff)) return 'Not Present'
  if (bytes.every((byte) => byte === 0)) return 'Not Settable'
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  const swapped = version !== undefined && version < 0x0206 ? bigEndian : littleEndian
  return swapped.map((group) => group.map((index) => hex[index]).join('')).join('-')
}

const tail = [
  [8, 9],
  [10, 11, 12, 13, 14, 15],
]
const bigEndian = [[0, 1, 2, 3], [4, 5], [6, 7], ...tail]
const littleEndian = [[3, 2, 1, 0], [5, 4], [7, 6], ...tail]

/** A SKU stands behind the list of what the chassis contains. */
export function chassisSku(structure: SmbiosStructure): string | undefined {
  const count = structure.byte(0x13)
  const size = structure.byte(0x14)
  return count === undefined || size === undefined ? undefined : structure.text(0x15 + count * size)
}

export function processorFamily(
  structure: SmbiosStructure,
  families: SmbiosOptions['families'],
): string | undefined {
  const short = structure.byte(6)
  if (short === undefined) return undefined
  // 254 says that the number did not fit here.
  const family = short === 0xfe ? (structure.word(0x28) ?? short) : short
  return processorFamilies.get(family) ?? families?.get(family) ?? '<OUT OF SPEC>'
}

/** What the processor says of itself, in 64 bits, as far as somebody can read that. */
export function processorSignature(
  structure: SmbiosStructure,
  read: SmbiosOptions['signature'],
): string | undefined {
  const low = structure.dword(8)
  const high = structure.dword(12)
  if (low === undefined || high === undefined) return undefined
  return read?.({ low, high, manufacturer: structure.text(7) ?? '' })
}

export function processorStatus(structure: SmbiosStructure): string | undefined {
  const status = structure.byte(0x18)
  if (status === undefined) return undefined
  if ((status & 0x40) === 0) return 'Unpopulated'
  return `Populated, ${processorStates.get(status & 7) ?? '<OUT OF SPEC>'}`
}

/** A clock in MHz at an offset. */
export function clock(structure: SmbiosStructure, offset: number): string | undefined {
  const value = structure.word(offset)
  if (value === undefined) return undefined
  return value === 0 ? 'Unknown' : `${value} MHz`
}

/** Nothing where no module is installed. */
export function memorySize(structure: SmbiosStructure): string | undefined {
  const size = structure.word(0x0c)
  if (size === undefined || size === 0) return undefined
  if (size === 0xffff) return 'Unknown'
  if (size === 0x7fff) return inUnits((structure.dword(0x1c) ?? 0) & 0x7fffffff, 1)
  return (size & 0x8000) === 0 ? inUnits(size, 1) : inUnits(size & 0x7fff, 0)
}

const units = ['kB', 'MB', 'GB', 'TB', 'PB']

/** The largest unit in which it is a whole number. */
function inUnits(value: number, unit: number): string {
  let rest = value
  let index = unit
  while (rest >= 1024 && rest % 1024 === 0 && index < units.length - 1) {
    rest /= 1024
    index++
  }
  return `${rest} ${units[index] ?? ''}`
}

export function memoryTypeDetail(structure: SmbiosStructure): string | undefined {
  const bits = structure.word(0x13)
  if (bits === undefined) return undefined
  const names = memoryTypeDetails.filter((_, index) => ((bits >>> (index + 1)) & 1) === 1)
  return names.length === 0 ? 'None' : names.join(' ')
}

export function memorySpeed(structure: SmbiosStructure): string | undefined {
  const short = structure.word(0x15)
  if (short === undefined) return undefined
  const speed = short === 0xffff ? (structure.dword(0x54) ?? 0) & 0x7fffffff : short
  return speed === 0 ? 'Unknown' : `${speed} MT/s`
}
