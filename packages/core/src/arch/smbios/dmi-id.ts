import { hostText } from '../read-linux.ts'
import type { HostFiles, HostSysinfo, SysinfoBlock } from '../host-info.ts'
import { block } from './sysinfo-block.ts'

/** Linux's strings out of the SMBIOS table (Documentation/ABI/testing/sysfs-class-dmi). */
export const dmiId = '/sys/class/dmi/id'

function dmiText(files: HostFiles, name: string): string | undefined {
  const text = hostText(files, `${dmiId}/${name}`)
    .trim()
    .replace(/[^\u0020-\u007e]/g, '.')
  return text === '' ? undefined : text.slice(0, 256)
}

/** What everyone may read of the firmware's description; serial numbers are the administrator's. */
export function publicSysinfo(files: HostFiles): HostSysinfo | undefined {
  const from = (names: readonly (readonly [string, string])[]): SysinfoBlock =>
    block(names.map(([name, file]) => [name, dmiText(files, file)]))
  const bios = from([
    ['vendor', 'bios_vendor'],
    ['version', 'bios_version'],
    ['date', 'bios_date'],
    ['release', 'bios_release'],
  ])
  const system = from([
    ['manufacturer', 'sys_vendor'],
    ['product', 'product_name'],
    ['version', 'product_version'],
    ['serial', 'product_serial'],
    ['uuid', 'product_uuid'],
    ['sku', 'product_sku'],
    ['family', 'product_family'],
  ])
  const board = from([
    ['manufacturer', 'board_vendor'],
    ['product', 'board_name'],
    ['version', 'board_version'],
    ['serial', 'board_serial'],
    ['asset', 'board_asset_tag'],
  ])
  const chassis = from([
    ['manufacturer', 'chassis_vendor'],
    ['version', 'chassis_version'],
    ['serial', 'chassis_serial'],
    ['asset', 'chassis_asset_tag'],
  ])
  const found = {
    ...(bios.length > 0 && { bios }),
    ...(system.length > 0 && { system }),
    ...(board.length > 0 && { baseBoards: [board] }),
    ...(chassis.length > 0 && { chassis }),
  }
  return Object.keys(found).length === 0 ? undefined : found
}
