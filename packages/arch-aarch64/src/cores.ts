import type { Vendor } from './vendors.ts'

/** Cores of one maker: part number of MIDR_EL1 and name. */
export type Cores = readonly (readonly [part: number, name: string])[]

/**
 * Cores by libvirt's names, in its order (its CPU map arm_*.xml): hosts with them are told by these.
 */
export const libvirtCores: readonly (readonly [Vendor, part: number, name: string])[] = [
  ['ARM', 0xd03, 'cortex-a53'],
  ['ARM', 0xd07, 'cortex-a57'],
  ['ARM', 0xd08, 'cortex-a72'],
  ['ARM', 0xd0c, 'Neoverse-N1'],
  ['ARM', 0xd49, 'Neoverse-N2'],
  ['ARM', 0xd40, 'Neoverse-V1'],
  ['Qualcomm', 0xc00, 'Falkor'],
  ['Cavium', 0x0af, 'ThunderX2 99xx'],
  ['Fujitsu', 0x001, 'a64fx'],
  ['HiSilicon', 0xd01, 'Kunpeng-920'],
  ['Phytium', 0x662, 'FT-2000+'],
  ['Phytium', 0x663, 'Tengyun-S2500'],
]

/**
 * Cores that libvirt 9.0 does not know. Numbers are those of Linux
 * (arch/arm64/include/asm/cputype.h, arch/arm/include/asm/cputype.h) and of the makers' manuals.
 */
export const otherCores: Readonly<Partial<Record<Vendor, Cores>>> = {
  ARM: [
    [0xc07, 'cortex-a7'],
    [0xc0f, 'cortex-a15'],
    [0xd01, 'cortex-a32'],
    [0xd02, 'cortex-a34'],
    [0xd04, 'cortex-a35'],
    [0xd05, 'cortex-a55'],
    [0xd06, 'cortex-a65'],
    [0xd09, 'cortex-a73'],
    [0xd0a, 'cortex-a75'],
    [0xd0b, 'cortex-a76'],
    [0xd0d, 'cortex-a77'],
    [0xd0e, 'cortex-a76ae'],
    [0xd41, 'cortex-a78'],
    [0xd42, 'cortex-a78ae'],
    [0xd44, 'cortex-x1'],
    [0xd46, 'cortex-a510'],
    [0xd47, 'cortex-a710'],
    [0xd48, 'cortex-x2'],
    [0xd4a, 'Neoverse-E1'],
    [0xd4b, 'cortex-a78c'],
    [0xd4c, 'cortex-x1c'],
    [0xd4d, 'cortex-a715'],
    [0xd4e, 'cortex-x3'],
    [0xd4f, 'Neoverse-V2'],
    [0xd80, 'cortex-a520'],
    [0xd81, 'cortex-a720'],
    [0xd82, 'cortex-x4'],
    [0xd84, 'Neoverse-V3'],
    [0xd85, 'cortex-x925'],
    [0xd87, 'cortex-a725'],
    [0xd8e, 'Neoverse-N3'],
  ],
  Broadcom: [
    [0x100, 'Brahma-B53'],
    [0x516, 'Vulcan'],
  ],
  Cavium: [
    [0x0a1, 'ThunderX 88xx'],
    [0x0a2, 'ThunderX 81xx'],
    [0x0a3, 'ThunderX 83xx'],
  ],
  Fujitsu: [[0x003, 'MONAKA']],
  NVIDIA: [
    [0x000, 'Denver'],
    [0x003, 'Denver2'],
    [0x004, 'Carmel'],
    [0x010, 'Olympus'],
  ],
  APM: [[0x000, 'X-Gene']],
  Qualcomm: [
    [0x001, 'Oryon'],
    [0x800, 'Kryo-2xx-Gold'],
    [0x801, 'Kryo-2xx-Silver'],
    [0x802, 'Kryo-3xx-Gold'],
    [0x803, 'Kryo-3xx-Silver'],
    [0x804, 'Kryo-4xx-Gold'],
    [0x805, 'Kryo-4xx-Silver'],
    [0xc01, 'Saphira'],
  ],
  Apple: [
    [0x022, 'M1-Icestorm'],
    [0x023, 'M1-Firestorm'],
    [0x024, 'M1-Pro-Icestorm'],
    [0x025, 'M1-Pro-Firestorm'],
    [0x028, 'M1-Max-Icestorm'],
    [0x029, 'M1-Max-Firestorm'],
    [0x032, 'M2-Blizzard'],
    [0x033, 'M2-Avalanche'],
    [0x034, 'M2-Pro-Blizzard'],
    [0x035, 'M2-Pro-Avalanche'],
    [0x038, 'M2-Max-Blizzard'],
    [0x039, 'M2-Max-Avalanche'],
  ],
  Microsoft: [[0xd49, 'Azure-Cobalt-100']],
  Phytium: [
    [0x660, 'FTC660'],
    [0x661, 'FTC661'],
    [0x664, 'FTC664'],
    [0x862, 'FTC862'],
  ],
  Ampere: [
    [0xac3, 'Ampere-1'],
    [0xac4, 'Ampere-1a'],
  ],
}
