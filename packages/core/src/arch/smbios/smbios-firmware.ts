import type { HostFirmware, HostSysinfo } from '../host-info.ts'

/** What the firmware calls the machine, in short: the system's block of the sysinfo. */
export function smbiosFirmware(sysinfo: HostSysinfo | undefined): HostFirmware {
  const told = new Map(sysinfo?.system ?? [])
  const known = (name: string): string | undefined => {
    const text = told.get(name)
    return text === undefined || unknownValues.includes(text) ? undefined : text
  }
  const manufacturer = known('manufacturer')
  const product = known('product')
  if (manufacturer === undefined && product === undefined) return { kind: 'none' }
  const version = known('version')
  const serial = known('serial')
  const uuid = known('uuid')
  return {
    kind: 'smbios',
    ...(manufacturer !== undefined && { manufacturer }),
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    ...(serial !== undefined && { serial }),
    ...(uuid !== undefined && { uuid }),
  }
}

const unknownValues: readonly string[] = [
  'Not Specified',
  'Not Present',
  'Not Settable',
  '<BAD INDEX>',
]
