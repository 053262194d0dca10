import { deviceTree, sysText, treeStrings, treeText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'

/** On what a Power Linux may find itself. */
export interface Platform {
  readonly kind: 'PowerNV' | 'PowerVM' | 'pseries' | 'PowerMac' | 'other'
  /** Who runs this machine, when it is a guest itself. */
  readonly guestOf?: 'KVM' | 'TCG' | 'PowerVM'
  /** The kind for a person. */
  readonly description: string
}

/**
 * QEMU names itself in the root's `compatible`, and KVM below it in `hypervisor` (LoPAR, "linux,kvm");
 * a PAPR partition that does neither is PowerVM's.
 */
export function readPlatform(files: HostFiles, { summary }: Cpuinfo): Platform {
  const compatible = treeStrings(files, 'compatible')
  const name = summary.get('platform')
  const emulated = compatible.some((one) => one.startsWith('qemu,'))
  if (compatible.includes('ibm,powernv') || name === 'PowerNV') {
    return emulated
      ? { kind: 'PowerNV', guestOf: 'TCG', description: 'PowerNV, emulated by QEMU' }
      : { kind: 'PowerNV', description: 'PowerNV, bare metal' }
  }
  const pseries = emulated || (summary.get('model') ?? '').includes('emulated by qemu')
  if (compatible.includes('qemu,pseries') || (name === 'pSeries' && pseries)) {
    return treeStrings(files, 'hypervisor/compatible').includes('linux,kvm')
      ? { kind: 'pseries', guestOf: 'KVM', description: 'pseries, guest of KVM' }
      : { kind: 'pseries', guestOf: 'TCG', description: 'pseries, emulated by QEMU' }
  }
  if (name === 'pSeries')
    return { kind: 'PowerVM', guestOf: 'PowerVM', description: 'partition of PowerVM' }
  if (name === 'PowerMac' || compatible.includes('Power Macintosh'))
    return { kind: 'PowerMac', description: 'PowerMac, bare metal' }
  return { kind: 'other', description: name ?? 'unknown' }
}

/** The machine by its device tree. */
export function readFirmware(files: HostFiles): HostFirmware {
  const product = treeText(files, 'model')
  if (product === undefined) return { kind: 'none' }
  // PowerVM writes its maker before the model: `IBM,9009-22A`.
  const manufacturer = treeText(files, 'vendor') ?? (product.startsWith('IBM,') ? 'IBM' : undefined)
  const [uuid] = named(files, ['vm,uuid', 'ibm,partition-uuid'])
  const [serial] = named(files, ['system-id', 'serial-number'])
  return {
    kind: 'device-tree',
    ...(manufacturer !== undefined && { manufacturer }),
    product,
    // QEMU writes a guest's UUID for both.
    ...(serial !== undefined && serial !== uuid && { serial }),
    ...(uuid !== undefined && { uuid }),
  }
}

/** What these properties say, but for the words with which QEMU's skiboot says that it knows none. */
function named(files: HostFiles, properties: readonly string[]): readonly string[] {
  return properties
    .flatMap((property) => treeText(files, property) ?? [])
    .filter((text) => text !== 'unavailable' && /[^0-]/.test(text))
}

/** OPAL's skiboot, PowerVM's hypervisor, SLOF, Open Firmware: name and version in its own words. */
export function firmwareVersion(files: HostFiles, { summary }: Cpuinfo): string | undefined {
  const skiboot = treeText(files, 'ibm,opal/firmware/version')
  const opal = summary.get('firmware') ?? (skiboot === undefined ? undefined : 'OPAL')
  if (opal === undefined) return treeText(files, 'openprom/model')
  const bundle = treeText(files, 'ibm,firmware-versions/version')
  return [opal, skiboot, bundle].filter((one) => one !== undefined).join(', ')
}

/** The ultravisor keeps secure guests (PEF) from the host's eyes; skiboot shows it in the tree. */
export function hasUltravisor(files: HostFiles): boolean {
  return (
    files.list(`${deviceTree}/ibm,ultravisor`).length > 0 ||
    files.list('/sys/firmware/ultravisor').length > 0
  )
}

/** This very kernel runs as such a guest (Documentation/ABI, /sys/devices/system/cpu/svm). */
export function isSecureGuest(files: HostFiles): boolean {
  return sysText(files, '/sys/devices/system/cpu/svm') === '1'
}
