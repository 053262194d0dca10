import { sysText, treeStrings } from '@polyvirt/core/arch'
import type { HostCpu, HostFiles, HostFirmware, HostVirtualization } from '@polyvirt/core/arch'

/** Where the kernel shows the device of KVM, loaded or built in. */
export const kvmDevice = '/sys/devices/virtual/misc/kvm/dev'

/** What this machine is to guests, and whose guest it is. */
export function readVirtualization(
  files: HostFiles,
  cpu: HostCpu,
  firmware: HostFirmware,
): HostVirtualization & Required<Pick<HostVirtualization, 'modules' | 'iommu'>> {
  const owner = isQemu(files, firmware) ? ownerOf(cpu, firmware) : undefined
  return {
    modules: sysText(files, kvmDevice) === undefined ? [] : ['kvm'],
    ...(owner !== undefined && { guestOf: owner }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}

/** QEMU's virt names itself in its device tree, and in SMBIOS where UEFI hands that on. */
function isQemu(files: HostFiles, { manufacturer = '', product = '' }: HostFirmware): boolean {
  const named = /\b(?:QEMU|KVM)\b/.test(`${manufacturer} ${product}`)
  return named || treeStrings(files, 'compatible').includes('riscv-virtio')
}

/** KVM shows its guests the host's maker; QEMU's own CPUs have none, and early kernels do not tell. */
function ownerOf({ registers, description }: HostCpu, { product = '' }: HostFirmware): string {
  if (/\bKVM\b/.test(product)) return 'KVM'
  const vendor = registers?.['mvendorid']
  if (vendor === undefined) return 'QEMU'
  return vendor === 0 && description === undefined ? 'TCG' : 'KVM'
}
