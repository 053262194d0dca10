import { unsupported } from '@polyvirt/core/arch'
import type { Domain, Problem, Rule } from '@polyvirt/core/arch'
import { allDevices } from './all-devices.ts'

/** The boot loader that QEMU brings along, and what documents say of others. */
const firmware: Rule = {
  name: 's390x/firmware',
  check({ domain: { os } }) {
    const problems: Problem[] = []
    const add = (path: string, message: string): void =>
      void problems.push(unsupported(path, message))
    if (os.firmware === 'efi')
      add(
        'os/@firmware',
        `IBM Z boots through its own loader, s390-ccw, not 'efi'; leave firmware out`,
      )
    if (os.loaderSecure === true)
      add('os/loader/@secure', "secure boot by UEFI does not exist here; use secure='no'")
    if (os.biosUseserial === true)
      add('os/bios/@useserial', 'the loader always uses the SCLP console; leave useserial out')
    if (os.biosRebootTimeout !== undefined)
      add('os/bios/@rebootTimeout', 'the loader tries each device once; leave rebootTimeout out')
    if (os.dtb !== undefined)
      add('os/dtb', 'there is no device tree: devices are found by the channel subsystem')
    return problems
  },
}

/** QEMU has no SMBIOS here, and ends when it is given something for it. */
const descriptions: Rule = {
  name: 's390x/sysinfo',
  check: ({ domain: { os } }) =>
    os.smbiosMode === undefined || os.smbiosMode === 'emulate'
      ? []
      : [
          unsupported(
            'os/smbios/@mode',
            'guests find name and UUID of the machine in /proc/sysinfo, not in SMBIOS; leave <smbios> out',
          ),
        ],
}

/** Devices in the order in which the loader looks at them. */
function bootOrder(domain: Domain): readonly (readonly [string, { readonly type?: string }])[] {
  return allDevices(domain)
    .filter(([, { bootOrder: order }]) => order !== undefined)
    .toSorted(([, a], [, b]) => (a.bootOrder ?? 0) - (b.bootOrder ?? 0))
    .map(([path, { address }]) => [path, address ?? {}])
}

/** `<boot dev='…'/>` turns into an order of devices, so one of that kind must be there. */
function hasBootDevice(domain: Domain): boolean {
  const { disk = [], interface: cards = [] } = domain.devices
  const kinds = new Set<string>(disk.map(({ device }) => device))
  const has = { hd: kinds.has('disk') || kinds.has('lun'), cdrom: kinds.has('cdrom'), fd: false }
  return (
    bootOrder(domain).length > 0 ||
    (domain.os.boot ?? []).some(({ dev }) => (dev === 'network' ? cards.length > 0 : has[dev]))
  )
}

const bootMenu: Rule = {
  name: 's390x/boot-menu',
  check({ domain }) {
    if (domain.os.bootmenuEnable !== true) return []
    const path = 'os/bootmenu/@enable'
    if (!hasBootDevice(domain))
      return [unsupported(path, 'the menu is of a device that boots, and none does; use <boot>')]
    const [, first] = bootOrder(domain)[0] ?? []
    if (first?.type !== 'pci') return []
    return [
      unsupported(path, 'a PCI function has no boot menu; boot from a channel device or from SCSI'),
    ]
  },
}

export const firmwareRules: readonly Rule[] = [firmware, descriptions, bootMenu]
