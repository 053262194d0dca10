import { treeStrings, treeText } from './device-tree.ts'
import type { HostFiles, HostFirmware, HostSysinfo } from './host-info.ts'

/** The machine by the root of its device tree: boards without SMBIOS have nothing else. */
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

/** `raspberrypi,4-model-b` is by raspberrypi (Devicetree Specification, 2.3.1). */
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
