/**
 * Who made a core: `mvendorid`, the maker's JEDEC number (RISC-V privileged architecture, "Machine
 * Vendor ID"; Linux arch/riscv/include/asm/vendorid_list.h, QEMU target/riscv/cpu_vendorid.h).
 */
export const vendorIds: Readonly<Record<Vendor, number>> = {
  Andes: 0x31e,
  Microchip: 0x029,
  MIPS: 0x722,
  SiFive: 0x489,
  SpacemiT: 0x710,
  'T-Head': 0x5b7,
  Ventana: 0x61f,
}

export type Vendor = 'Andes' | 'Microchip' | 'MIPS' | 'SiFive' | 'SpacemiT' | 'T-Head' | 'Ventana'

const vendors = Object.keys(vendorIds) as Vendor[]

/** The name of a maker; nothing for one that nobody has heard of. */
export function vendorOf(id: number): Vendor | undefined {
  return vendors.find((name) => vendorIds[name] === id)
}
