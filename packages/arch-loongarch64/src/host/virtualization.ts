import { sysText, treeStrings } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostVirtualization } from '@polyvirt/core/arch'

/** Where the kernel shows the device of KVM, loaded or built in. */
export const kvmDevice = '/sys/devices/virtual/misc/kvm/dev'

/** What this machine is to guests, and whose guest it is. */
export function readVirtualization(
  files: HostFiles,
  firmware: HostFirmware,
): HostVirtualization & Required<Pick<HostVirtualization, 'modules' | 'iommu'>> {
  return {
    modules: sysText(files, kvmDevice) === undefined ? [] : ['kvm'],
    // The processor shows itself alike under KVM and TCG.
    ...(isQemu(files, firmware) && { guestOf: 'QEMU' }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}

/** QEMU's virt names itself in SMBIOS, and in its device tree (hw/loongarch/virt-fdt-build.c). */
function isQemu(files: HostFiles, { manufacturer }: HostFirmware): boolean {
  return (
    manufacturer === 'QEMU' || treeStrings(files, 'compatible').includes('linux,dummy-loongson3')
  )
}
