/** Families of RISC-V processors (DMTF DSP0134, table 23), in dmidecode's words. */
export const processorFamilies: ReadonlyMap<number, string> = new Map([
  [0x200, 'RV32'],
  [0x201, 'RV64'],
  [0x202, 'RV128'],
])
