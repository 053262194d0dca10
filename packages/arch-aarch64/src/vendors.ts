/**
 * Who made a core: the implementer field of MIDR_EL1 (Arm DDI 0487, D19.2; Linux
 * arch/arm64/include/asm/cputype.h), by libvirt's names and, where it has none, the makers' own.
 */
export const implementers = {
  ARM: 0x41,
  Broadcom: 0x42,
  Cavium: 0x43,
  DigitalEquipment: 0x44,
  Fujitsu: 0x46,
  HiSilicon: 0x48,
  Infineon: 0x49,
  Freescale: 0x4d,
  NVIDIA: 0x4e,
  APM: 0x50,
  Qualcomm: 0x51,
  Samsung: 0x53,
  Marvell: 0x56,
  Apple: 0x61,
  Faraday: 0x66,
  Intel: 0x69,
  Microsoft: 0x6d,
  Phytium: 0x70,
  Ampere: 0xc0,
} as const

export type Vendor = keyof typeof implementers

/** The name of an implementer; nothing for one that nobody has heard of. */
export function vendorOf(implementer: number): Vendor | undefined {
  return vendors.find((name) => implementers[name] === implementer)
}

const vendors = Object.keys(implementers) as Vendor[]
