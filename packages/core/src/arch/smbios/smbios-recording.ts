import { dmiId } from './dmi-id.ts'
import { dmiEntryPoint, dmiTable, readSmbiosTable } from './smbios-table.ts'
import type { SmbiosStructure } from './smbios-table.ts'

const dmiNames = [
  'bios_date',
  'bios_release',
  'bios_vendor',
  'bios_version',
  'board_asset_tag',
  'board_name',
  'board_serial',
  'board_vendor',
  'board_version',
  'chassis_asset_tag',
  'chassis_serial',
  'chassis_vendor',
  'chassis_version',
  'product_family',
  'product_name',
  'product_serial',
  'product_sku',
  'product_uuid',
  'product_version',
  'sys_vendor',
]

/** Where Linux shows what firmware says by SMBIOS: for `HostInfoReader.paths`. */
export const smbiosPaths: readonly string[] = [
  dmiTable,
  dmiEntryPoint,
  ...dmiNames.map((name) => `${dmiId}/${name}`),
]

const zero = 0x30

/**
 * The file without what names this machine, where it is one of {@link smbiosPaths}; nothing for any
 * other. Lengths stay, so that a table can still be read.
 */
export function anonymizeSmbios(path: string, bytes: Uint8Array): Uint8Array | undefined {
  if (!smbiosPaths.includes(path)) return undefined
  if (path === dmiTable) return anonymousTable(bytes)
  if (path === `${dmiId}/product_uuid`) return new TextEncoder().encode(`${anonymousUuid}\n`)
  return new RegExp(`^${dmiId}/\\w+_(?:serial|asset_tag)$`).test(path) ? blanked(bytes) : bytes
}

const anonymousUuid = '00000000-0000-4000-8000-000000000000'

/** Letters and digits become zeros. */
function blanked(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (/[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? zero : byte))
}

/** Where a structure keeps the numbers of strings that are a machine's own. */
const ownStrings: ReadonlyMap<number, readonly number[]> = new Map([
  [0, []],
  [1, [0x07]],
  [2, [0x07, 0x08]],
  [3, [0x07, 0x08]],
  [4, [0x20, 0x21]],
  [17, [0x18, 0x19]],
])

function anonymousTable(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const { structures } = readSmbiosTable(bytes)
  for (const structure of structures) {
    const own = ownStrings.get(structure.type)
    if (own === undefined) blankWhole(copy, structure)
    else for (const offset of own) blankString(copy, structure, structure.byte(offset) ?? 0)
    if (structure.type === 1 && structure.bytes(8, 16) !== undefined) {
      const at = structure.start + 8
      copy.fill(0, at, at + 16)
      copy[at + 7] = 0x40
      copy[at + 8] = 0x80
    }
  }
  // What could not be read as a structure may be anything.
  return copy.fill(0, (structures.at(-1)?.end ?? -1) + 1)
}

/** Structures that nobody asks for may hold network addresses, keys of products, or passwords. */
function blankWhole(copy: Uint8Array, { type, start, stringsStart, end }: SmbiosStructure): void {
  // The numbers in them stand for strings only in kinds that are known; a count stays true.
  if (type !== 11) copy.fill(0, start + 4, stringsStart)
  copy.set(blanked(copy.subarray(stringsStart, end)), stringsStart)
}

function blankString(
  copy: Uint8Array,
  { stringsStart, end }: SmbiosStructure,
  number: number,
): void {
  let at = stringsStart
  for (let current = 1; at < end && current <= number; current++) {
    const stop = copy.indexOf(0, at)
    if (stop === -1 || stop > end) return
    if (current === number) copy.set(blanked(copy.subarray(at, stop)), at)
    at = stop + 1
  }
}
