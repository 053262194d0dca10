import { treeStrings, treeText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostSysinfo } from '@polyvirt/core/arch'

/** The machine by its device tree: most boards have nothing else. */
export function treeFirmware(files: HostFiles): HostFirmware {
  const product = treeText(files, 'model')
  if (product === undefined) return { kind: 'none' }
  const serial = treeText(files, 'serial-number')
  const manufacturer = makerOf(treeStrings(files, 'compatible')[0])
  return {
    kind: 'device-tree',
    ...(manufacturer !== undefined && { manufacturer }),
    product,
    ...(serial !== undefined && /[^0]/.test(serial) && { serial }),
  }
}

/** `sifive,hifive-unmatched-a00` is by sifive (Devicetree Specification, 2.3.1). */
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

/** Families of RISC-V processors (DMTF DSP0134, table 23), in dmidecode's words. */
export const processorFamilies: ReadonlyMap<number, string> = new Map([
  [0x200, 'RV32'],
  [0x201, 'RV64'],
  [0x202, 'RV128'],
])
