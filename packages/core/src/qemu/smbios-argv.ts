import type { Sysinfo, SysinfoEntry } from '../domain/sysinfo.ts'
import type { ArgvContext, Argument } from './argv-context.ts'
import { escapeComma } from './option-string.ts'

/** libvirt's names of SMBIOS strings and QEMU's, by table (DMTF DSP0134; QEMU hw/smbios/smbios.c). */
const tables = {
  bios: {
    type: 0,
    keys: { vendor: 'vendor', version: 'version', date: 'date', release: 'release' },
  },
  system: {
    type: 1,
    keys: {
      manufacturer: 'manufacturer',
      product: 'product',
      version: 'version',
      serial: 'serial',
      uuid: 'uuid',
      sku: 'sku',
      family: 'family',
    },
  },
  baseBoard: {
    type: 2,
    keys: {
      manufacturer: 'manufacturer',
      product: 'product',
      version: 'version',
      serial: 'serial',
      asset: 'asset',
      location: 'location',
    },
  },
  chassis: {
    type: 3,
    keys: {
      manufacturer: 'manufacturer',
      version: 'version',
      serial: 'serial',
      asset: 'asset',
      sku: 'sku',
    },
  },
} as const

/** `-smbios` and `-fw_cfg`: what `<sysinfo>` tells the guest's firmware. */
export function sysinfoArguments({ domain }: ArgvContext): Argument[] {
  const all = domain.sysinfo ?? []
  const smbios =
    domain.os.smbiosMode === 'sysinfo' ? all.filter((one) => one.type === 'smbios') : []
  const firmware = all.filter((one) => one.type === 'fwcfg')
  return [
    ...smbios.flatMap((one) => smbiosArguments(one)),
    ...firmware.flatMap((one) => (one.entries ?? []).map((entry) => firmwareFile(entry))),
  ]
}

function smbiosArguments(one: Sysinfo): Argument[] {
  const args: Argument[] = [
    ...table(tables.bios, one.bios),
    ...table(tables.system, one.system),
    ...(one.baseBoards ?? []).flatMap((board) => table(tables.baseBoard, board.entries)),
    ...table(tables.chassis, one.chassis),
  ]
  const strings = (one.oemStrings ?? []).map(({ value = '' }) => `value=${escapeComma(value)}`)
  if (strings.length > 0) args.push(['-smbios', ['type=11', ...strings].join(',')])
  return args
}

function table(
  { type, keys }: { readonly type: number; readonly keys: Readonly<Record<string, string>> },
  entries: readonly SysinfoEntry[] = [],
): Argument[] {
  const options = Object.entries(keys).flatMap(([name, key]) => {
    const found = entries.find((entry) => entry.name === name)
    return found?.value === undefined ? [] : [`${key}=${escapeComma(found.value)}`]
  })
  return options.length === 0 ? [] : [['-smbios', [`type=${type}`, ...options].join(',')]]
}

function firmwareFile({ name = '', file, value = '' }: SysinfoEntry): Argument {
  const content = file === undefined ? `string=${escapeComma(value)}` : `file=${escapeComma(file)}`
  return ['-fw_cfg', `name=${escapeComma(name)},${content}`]
}
