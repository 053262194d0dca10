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

/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  dmiTable,
  dmiEntryPoint,
  ...dmiNames.map((name) => `${dmiId}/${name}`),
  '/proc/xen/capabilities',
  '/sys/devices/cpu_atom/cpus',
  '/sys/devices/cpu_core/cpus',
  '/sys/devices/system/clocksource/clocksource0/available_clocksource',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  '/sys/devices/system/cpu/cpu0/tsc_freq_khz',
  '/sys/devices/system/cpu/smt',
  '/sys/devices/system/cpu/vulnerabilities',
  '/sys/hypervisor/type',
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
  '/sys/module/kvm_amd/parameters',
  '/sys/module/kvm_intel/parameters',
]

const zero = 0x30

/** The file without what names this machine. Lengths stay, so that a table can still be read. */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
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
