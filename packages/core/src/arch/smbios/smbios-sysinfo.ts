import type { HostFiles, HostSysinfo, SysinfoBlock } from '../host-info.ts'
import { publicSysinfo } from './dmi-id.ts'
import { dmiTable, readSmbiosTable, readSmbiosVersion } from './smbios-table.ts'
import type { SmbiosStructure } from './smbios-table.ts'
import type { SmbiosOptions } from './smbios-options.ts'
import { block } from './sysinfo-block.ts'
import * as value from './smbios-values.ts'
import { memoryFormFactors, memoryTypes, nameOf, processorTypes } from './smbios-words.ts'

/**
 * Firmware's description of the machine out of its SMBIOS table, with libvirt's names in libvirt's
 * order: the same on every architecture that has such a table, but for what its processors say of
 * themselves. A user who may not read the table gets what Linux shows to everyone.
 */
export function smbiosSysinfo(files: HostFiles, options: SmbiosOptions): HostSysinfo | undefined {
  const bytes = files.read(dmiTable)
  // Only the administrator may read the table; a few of its strings are everyone's.
  if (bytes === undefined || bytes.length === 0) return publicSysinfo(files)
  const { structures, cut } = readSmbiosTable(bytes)
  if (cut)
    options.warnings.push(`${dmiTable} ends in the middle; what stands before the cut counts`)
  const sysinfo = fromTable(structures, readSmbiosVersion(files), options)
  return Object.keys(sysinfo).length === 0 ? publicSysinfo(files) : sysinfo
}

const describers: Readonly<
  Record<
    'bios' | 'baseBoards' | 'chassis' | 'processors' | 'memoryDevices',
    readonly [type: number, describe: (s: SmbiosStructure, options: SmbiosOptions) => SysinfoBlock]
  >
> = {
  bios: [
    0,
    (s) =>
      block([
        ['vendor', s.text(4)],
        ['version', s.text(5)],
        ['date', s.text(8)],
        ['release', value.biosRelease(s)],
      ]),
  ],
  baseBoards: [
    2,
    (s) =>
      block([
        ['manufacturer', s.text(4)],
        ['product', s.text(5)],
        ['version', s.text(6)],
        ['serial', s.text(7)],
        ['asset', s.text(8)],
        ['location', s.text(0x0a)],
      ]),
  ],
  chassis: [
    3,
    (s) =>
      block([
        ['manufacturer', s.text(4)],
        ['version', s.text(6)],
        ['serial', s.text(7)],
        ['asset', s.text(8)],
        ['sku', value.chassisSku(s)],
      ]),
  ],
  processors: [
    4,
    (s, { signature, families }) =>
      block([
        ['socket_destination', s.text(4)],
        ['type', nameOf(processorTypes, s.byte(5))],
        ['family', value.processorFamily(s, families)],
        ['manufacturer', s.text(7)],
        ['signature', value.processorSignature(s, signature)],
        ['version', s.text(0x10)],
        ['external_clock', value.clock(s, 0x12)],
        ['max_speed', value.clock(s, 0x14)],
        ['status', value.processorStatus(s)],
        ['serial_number', s.text(0x20)],
        ['part_number', s.text(0x22)],
      ]),
  ],
  memoryDevices: [
    17,
    (s) => {
      const size = value.memorySize(s)
      // A slot without a module is none of libvirt's devices.
      if (size === undefined) return []
      return block([
        ['size', size],
        ['form_factor', nameOf(memoryFormFactors, s.byte(0x0e))],
        ['locator', s.text(0x10)],
        ['bank_locator', s.text(0x11)],
        ['type', nameOf(memoryTypes, s.byte(0x12))],
        ['type_detail', value.memoryTypeDetail(s)],
        ['speed', value.memorySpeed(s)],
        ['manufacturer', s.text(0x17)],
        ['serial_number', s.text(0x18)],
        ['part_number', s.text(0x1a)],
      ])
    },
  ],
}

function fromTable(
  structures: readonly SmbiosStructure[],
  version: number | undefined,
  options: SmbiosOptions,
): HostSysinfo {
  const all = (name: keyof typeof describers): readonly SysinfoBlock[] => {
    const [type, describe] = describers[name]
    return structures
      .filter((one) => one.type === type)
      .map((one) => describe(one, options))
      .filter((one) => one.length > 0)
  }
  const [bios] = all('bios')
  const [chassis] = all('chassis')
  const system = systemBlock(
    structures.find((one) => one.type === 1),
    version,
  )
  const lists = {
    baseBoards: all('baseBoards'),
    processors: all('processors'),
    memoryDevices: all('memoryDevices'),
    oemStrings: structures.filter((one) => one.type === 11).flatMap(oemStrings),
  }
  return {
    ...(bios && { bios }),
    ...(system.length > 0 && { system }),
    ...(lists.baseBoards.length > 0 && { baseBoards: lists.baseBoards }),
    ...(chassis && { chassis }),
    ...(lists.processors.length > 0 && { processors: lists.processors }),
    ...(lists.memoryDevices.length > 0 && { memoryDevices: lists.memoryDevices }),
    ...(lists.oemStrings.length > 0 && { oemStrings: lists.oemStrings }),
  }
}

function systemBlock(s: SmbiosStructure | undefined, version: number | undefined): SysinfoBlock {
  if (s === undefined) return []
  return block([
    ['manufacturer', s.text(4)],
    ['product', s.text(5)],
    ['version', s.text(6)],
    ['serial', s.text(7)],
    ['uuid', value.systemUuid(s, version)],
    ['sku', s.text(0x19)],
    ['family', s.text(0x1a)],
  ])
}

function oemStrings(s: SmbiosStructure): readonly string[] {
  return Array.from({ length: s.byte(4) ?? 0 }, (_, index) => s.string(index + 1)).filter(
    (text) => text !== '<BAD INDEX>',
  )
}
