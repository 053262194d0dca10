import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostVirtualization } from '@polyvirt/core/arch'
import type { Platform } from './platform.ts'

/** The Ultravisor, which keeps protected guests from their host (Documentation/ABI, sysfs-firmware-uv). */
export const ultravisor = '/sys/firmware/uv'

const isOn = (text: string | undefined): boolean => text === '1' || text === 'Y'

export function readVirtualization(
  files: HostFiles,
  { guestOf }: Platform,
): HostVirtualization & Required<Pick<HostVirtualization, 'modules' | 'iommu'>> {
  const nested = sysText(files, '/sys/module/kvm/parameters/nested')
  return {
    // Built in or loaded, it has parameters.
    modules: files.list('/sys/module/kvm').length > 0 ? ['kvm'] : [],
    ...(nested !== undefined && { nested: isOn(nested) }),
    ...(guestOf !== undefined && { guestOf }),
    ...(isOn(sysText(files, `${ultravisor}/prot_virt_host`)) && { secure: ['s390-pv'] }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}

/** This very kernel runs as a protected guest. */
export function isProtectedGuest(files: HostFiles): boolean {
  return isOn(sysText(files, `${ultravisor}/prot_virt_guest`))
}
