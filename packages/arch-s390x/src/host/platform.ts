import type { HostFirmware } from '@polyvirt/core/arch'

/** On what a Linux for IBM Z may find itself. */
export interface Platform {
  readonly kind: 'LPAR' | 'z/VM' | 'KVM' | 'TCG' | 'unknown'
  /** Who runs this machine, when it is a guest itself. */
  readonly guestOf?: 'z/VM' | 'KVM' | 'TCG'
  /** The kind for a person. */
  readonly description: string
}

type Sysinfo = ReadonlyMap<string, string>

/**
 * The first virtual machine of the list is this one. QEMU's own processor calls itself QEMU, and KVM
 * after the host's machine (QEMU target/s390x/tcg/misc_helper.c, `stsi`).
 */
export function readPlatform(sysinfo: Sysinfo): Platform {
  const program = sysinfo.get('VM00 Control Program')
  const below = ['VM01', 'VM02'].flatMap((level) => sysinfo.get(`${level} Control Program`) ?? [])
  const onTop = below.length === 0 ? '' : `, on ${below.join(' on ')}`
  if (sysinfo.get('Manufacturer') === 'QEMU')
    return { kind: 'TCG', guestOf: 'TCG', description: 'emulated by QEMU' }
  if (program?.startsWith('KVM') === true)
    return { kind: 'KVM', guestOf: 'KVM', description: `guest of KVM${onTop}` }
  if (program !== undefined)
    return { kind: 'z/VM', guestOf: 'z/VM', description: `guest of ${program}${onTop}` }
  if (sysinfo.has('LPAR Number')) return { kind: 'LPAR', description: 'logical partition (LPAR)' }
  return { kind: 'unknown', description: 'unknown' }
}

/** The machine by its own words; there is no other description of it. */
export function readFirmware(sysinfo: Sysinfo): HostFirmware {
  const manufacturer = sysinfo.get('Manufacturer')
  const product = sysinfo.get('Type')
  const version = sysinfo.get('Model')
  const serial = sysinfo.get('Sequence Code')
  const uuid = ['VM00 UUID', 'LPAR UUID']
    .flatMap((name) => sysinfo.get(name) ?? [])
    .find((text) => /[1-9a-f]/i.test(text))
  return {
    kind: 'none',
    ...(manufacturer !== undefined && { manufacturer }),
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    ...(serial !== undefined && { serial }),
    ...(uuid !== undefined && { uuid }),
  }
}
