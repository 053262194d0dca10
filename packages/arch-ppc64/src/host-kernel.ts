import { kernelPageKiB, sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostVirtualization } from '@polyvirt/core/arch'
import { hasUltravisor } from './host-platform.ts'
import type { Platform } from './host-platform.ts'

/**
 * Guests and hosts of either byte order show the same device tree; the kernel itself tells, in its word
 * to this very process: pairs of 64-bit type and value, of which the first type is small.
 */
export function isLittleEndian(files: HostFiles): boolean {
  const told = sysText(files, '/sys/kernel/cpu_byteorder')
  if (told !== undefined) return told !== 'big'
  const vector = files.read('/proc/self/auxv')
  return vector === undefined || vector.length < 16 || vector[7] === 0
}

/** 64 KiB on most kernels for Power, 4 KiB on others; hash and radix MMUs have both. */
export function basePageKiB(files: HostFiles): number {
  const kib = kernelPageKiB(files)
  return kib === 4 || kib === 64 ? kib : 64
}

/** The two ways of KVM on Power: the hypervisor mode of the processor, and its problem state. */
const modules = ['kvm_hv', 'kvm_pr'] as const

export function readVirtualization(
  files: HostFiles,
  { guestOf }: Platform,
): Required<Pick<HostVirtualization, 'modules' | 'iommu'>> & HostVirtualization {
  const nested = sysText(files, '/sys/module/kvm_hv/parameters/nested')
  return {
    // Built in or loaded, both have parameters.
    modules: modules.filter((name) => files.list(`/sys/module/${name}`).length > 0),
    ...(nested !== undefined && { nested: nested === 'Y' || nested === '1' }),
    ...(guestOf !== undefined && { guestOf }),
    ...(hasUltravisor(files) && { secure: ['pef'] }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}
