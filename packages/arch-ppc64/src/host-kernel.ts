import { hostText, sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostVirtualization } from '@polyvirt/core/arch'
import { hasUltravisor } from './host-platform.ts'
import type { Platform } from './host-platform.ts'

/** Types of entries in the auxiliary vector (include/uapi/linux/auxvec.h). */
const auxPageSize = 6

/**
 * The kernel's word to this very process, in the kernel's own byte order: pairs of 64-bit type and
 * value. The first type is small, so its only byte tells the order.
 */
function auxiliaryVector(files: HostFiles): DataView | undefined {
  const bytes = files.read('/proc/self/auxv')
  if (bytes === undefined || bytes.length < 16) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % 16))
}

/** Guests and hosts of either byte order show the same device tree; the kernel itself tells. */
export function isLittleEndian(files: HostFiles): boolean {
  const told = sysText(files, '/sys/kernel/cpu_byteorder')
  if (told !== undefined) return told !== 'big'
  const vector = auxiliaryVector(files)
  return vector === undefined || vector.getUint8(7) === 0
}

/** 64 KiB on most kernels for Power, 4 KiB on others; hash and radix MMUs have both. */
export function basePageKiB(files: HostFiles): number {
  const bytes = auxiliaryPageSize(files) ?? mappedPageSize(files)
  return bytes === 4096 || bytes === 65536 ? bytes / 1024 : 64
}

function auxiliaryPageSize(files: HostFiles): number | undefined {
  const vector = auxiliaryVector(files)
  if (vector === undefined) return undefined
  const little = vector.getUint8(7) === 0
  for (let at = 0; at < vector.byteLength; at += 16) {
    if (vector.getBigUint64(at, little) === BigInt(auxPageSize))
      return Number(vector.getBigUint64(at + 8, little))
  }
  return undefined
}

function mappedPageSize(files: HostFiles): number | undefined {
  const kib = /^KernelPageSize:\s+(\d{1,7}) kB$/m.exec(hostText(files, '/proc/self/smaps'))?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
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
