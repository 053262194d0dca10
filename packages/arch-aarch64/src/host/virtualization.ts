import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostVirtualization } from '@polyvirt/core/arch'
import { guestOf } from './platform.ts'

/** Where the kernel keeps the device of KVM, which on Arm is part of the kernel and no module. */
export const kvmDevice = '/sys/devices/virtual/misc/kvm/dev'

const commandLine = '/proc/cmdline'

/** What this machine is to guests, and whose guest it is. */
export function readVirtualization(
  files: HostFiles,
  firmware: HostFirmware,
): HostVirtualization & Required<Pick<HostVirtualization, 'modules' | 'iommu'>> {
  const hasKvm = sysText(files, kvmDevice) !== undefined
  const mode = kvmMode(files)
  const owner = guestOf(files, firmware)
  return {
    modules: hasKvm ? ['kvm'] : [],
    // Only an explicit wish gives guests a hypervisor's exception level.
    ...(hasKvm && { nested: mode === 'nested' }),
    ...(owner !== undefined && { guestOf: owner }),
    ...(hasKvm && mode === 'protected' && { secure: ['pkvm'] }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}

/** How the kernel was told to run KVM (Documentation/admin-guide/kernel-parameters.txt). */
export function kvmMode(files: HostFiles): string | undefined {
  return /(?:^|\s)kvm-arm\.mode=(nvhe|protected|nested|none)(?:\s|$)/.exec(
    sysText(files, commandLine) ?? '',
  )?.[1]
}
