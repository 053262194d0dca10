/**
 * Names of values in SMBIOS structures (DMTF DSP0134), in the words of dmidecode, from which libvirt
 * takes them. Lists count from 1.
 */

/** The first two are the same everywhere. */
function named(text: string): readonly string[] {
  return ['Other', 'Unknown', ...text.split('|')]
}

/** Table 21. */
export const processorTypes: readonly string[] = named(
  'Central Processor|Math Processor|DSP Processor|Video Processor',
)

/** Table 23, the most usual families: the first number of each row, and names from there on. */
const familyRows: readonly (readonly [first: number, names: string])[] = [
  [0x01, 'Other|Unknown|8086|80286|80386|80486|8087|80287|80387|80487'],
  [0x0b, 'Pentium|Pentium Pro|Pentium II|Pentium MMX|Celeron|Pentium II Xeon|Pentium III|M1|M2'],
  [0x14, 'Celeron M|Pentium 4 HT'],
  [0x18, 'Duron|K5|K6|K6-2|K6-3|Athlon|AMD29000|K6-2+'],
  [0x28, 'Core Duo|Core Duo Mobile|Core Solo Mobile|Atom|Core M|Core m3|Core m5|Core m7'],
  [0x38, 'Turion II Ultra Dual-Core Mobile M|Turion II Dual-Core Mobile M|Athlon II Dual-Core M'],
  [0x3b, 'Opteron 6100|Opteron 4100|Opteron 6200|Opteron 4200|FX'],
  [0x46, 'C-Series|E-Series|A-Series|G-Series|Z-Series|R-Series'],
  [0x4c, 'Opteron 4300|Opteron 6300|Opteron 3300|FirePro'],
  [0x66, 'Athlon X4|Opteron X1000|Opteron X2000|Opteron A-Series|Opteron X3000|Zen'],
  [0x78, 'Crusoe TM5000|Crusoe TM3000|Efficeon TM8000'],
  [0x83, 'Athlon 64|Opteron|Sempron|Turion 64|Dual-Core Opteron|Athlon 64 X2|Turion 64 X2'],
  [0x8a, 'Quad-Core Opteron|Third-Generation Opteron|Phenom FX|Phenom X4|Phenom X2|Athlon X2'],
  [0xa1, 'Quad-Core Xeon 3200|Dual-Core Xeon 3000|Quad-Core Xeon 5300|Dual-Core Xeon 5100'],
  [0xa5, 'Dual-Core Xeon 5000|Dual-Core Xeon LV|Dual-Core Xeon ULV|Dual-Core Xeon 7100'],
  [0xa9, 'Quad-Core Xeon 5400|Quad-Core Xeon|Dual-Core Xeon 5200|Dual-Core Xeon 7200'],
  [0xad, 'Quad-Core Xeon 7300|Quad-Core Xeon 7400|Multi-Core Xeon 7400|Pentium III Xeon'],
  [0xb1, 'Pentium III Speedstep|Pentium 4|Xeon'],
  [0xb5, 'Xeon MP|Athlon XP|Athlon MP'],
  [0xb9, 'Pentium M|Celeron D|Pentium D|Pentium EE|Core Solo|Core 2 or K7|Core 2 Duo|Core 2 Solo'],
  [0xc1, 'Core 2 Extreme|Core 2 Quad|Core 2 Extreme Mobile|Core 2 Duo Mobile|Core 2 Solo Mobile'],
  [0xc6, 'Core i7|Dual-Core Celeron'],
  [0xcd, 'Core i5|Core i3|Core i9'],
  [0xd2, 'C7-M|C7-D|C7|Eden|Multi-Core Xeon|Dual-Core Xeon 3xxx|Quad-Core Xeon 3xxx|Nano'],
  [0xda, 'Dual-Core Xeon 5xxx|Quad-Core Xeon 5xxx'],
  [0xdd, 'Dual-Core Xeon 7xxx|Quad-Core Xeon 7xxx|Multi-Core Xeon 7xxx|Multi-Core Xeon 3400'],
  [0xe4, 'Opteron 3000|Sempron II|Embedded Opteron Quad-Core|Phenom Triple-Core'],
  [0xe8, 'Turion Ultra Dual-Core Mobile|Turion Dual-Core Mobile|Athlon Dual-Core|Sempron SI'],
  [0xec, 'Phenom II|Athlon II|Six-Core Opteron|Sempron M'],
]

export const processorFamilies: ReadonlyMap<number, string> = new Map(
  familyRows.flatMap(([first, names]) =>
    names.split('|').map((name, index) => [first + index, name] as const),
  ),
)

/** Table 22, the low bits of a processor's status. */
export const processorStates: ReadonlyMap<number, string> = new Map([
  [0, 'Unknown'],
  [1, 'Enabled'],
  [2, 'Disabled By User'],
  [3, 'Disabled By BIOS'],
  [4, 'Idle'],
  [7, 'Other'],
])

/** Table 76. */
export const memoryFormFactors: readonly string[] = named(
  'SIMM|SIP|Chip|DIP|ZIP|Proprietary Card|DIMM|TSOP|Row Of Chips|RIMM|SODIMM|SRIMM|' +
    'FB-DIMM|Die',
)

/** Table 77. */
export const memoryTypes: readonly string[] = named(
  'DRAM|EDRAM|VRAM|SRAM|RAM|ROM|Flash|EEPROM|FEPROM|EPROM|CDRAM|3DRAM|SDRAM|SGRAM|' +
    'RDRAM|DDR|DDR2|DDR2 FB-DIMM|Reserved|Reserved|Reserved|DDR3|FBD2|DDR4|LPDDR|' +
    'LPDDR2|LPDDR3|LPDDR4|Logical non-volatile device|HBM|HBM2|DDR5|LPDDR5|HBM3',
)

/** Table 78: bits from 1 on. */
export const memoryTypeDetails: readonly string[] = named(
  'Fast-paged|Static Column|Pseudo-static|RAMBus|Synchronous|CMOS|EDO|Window DRAM|' +
    'Cache DRAM|Non-Volatile|Registered (Buffered)|Unbuffered (Unregistered)|LRDIMM',
)

/** A value's name in a list that counts from 1. */
export function nameOf(names: readonly string[], value: number | undefined): string | undefined {
  return value === undefined ? undefined : (names[value - 1] ?? '<OUT OF SPEC>')
}
