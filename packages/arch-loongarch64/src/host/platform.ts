import { treeStrings, treeText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostSysinfo } from '@polyvirt/core/arch'

/** The machine by its device tree: embedded boards, and guests that are booted without UEFI. */
export function treeFirmware(files: HostFiles): HostFirmware {
  const [compatible] = treeStrings(files, 'compatible')
  const product = treeText(files, 'model') ?? compatible
  if (product === undefined) return { kind: 'none' }
  const serial = treeText(files, 'serial-number')
  const manufacturer = makerOf(compatible)
  return {
    kind: 'device-tree',
    ...(manufacturer !== undefined && { manufacturer }),
    product,
    ...(serial !== undefined && /[^0]/.test(serial) && { serial }),
  }
}

/** `loongson,ls2k2000-ref` is by loongson (Devicetree Specification, 2.3.1). */
function makerOf(compatible: string | undefined): string | undefined {
  const comma = compatible?.indexOf(',') ?? -1
  return comma > 0 ? compatible?.slice(0, comma) : undefined
}

/** The same in the place of SMBIOS's, by libvirt's names. */
export function treeSysinfo(firmware: HostFirmware): HostSysinfo | undefined {
  if (firmware.kind !== 'device-tree') return undefined
  const system = (['manufacturer', 'product', 'serial'] as const).flatMap((name) => {
    const value = firmware[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { system }
}

/** Families of LoongArch processors (DMTF DSP0134, table 23), in dmidecode's words. */
export const processorFamilies: ReadonlyMap<number, string> = new Map([
  [0x258, 'LoongArch'],
  [0x259, 'Loongson 1'],
  [0x25a, 'Loongson 2'],
  [0x25b, 'Loongson 3'],
  [0x25c, 'Loongson 2K'],
  [0x25d, 'Loongson 3A'],
  [0x25e, 'Loongson 3B'],
  [0x25f, 'Loongson 3C'],
  [0x260, 'Loongson 3D'],
  [0x261, 'Loongson 3E'],
  [0x262, 'Dual-Core Loongson 2K 2xxx'],
  [0x26c, 'Quad-Core Loongson 3A 5xxx'],
  [0x26d, 'Multi-Core Loongson 3A 5xxx'],
  [0x26e, 'Quad-Core Loongson 3B 5xxx'],
  [0x26f, 'Multi-Core Loongson 3B 5xxx'],
  [0x270, 'Multi-Core Loongson 3C 5xxx'],
  [0x271, 'Multi-Core Loongson 3D 5xxx'],
])
