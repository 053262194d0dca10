import { anonymizeSmbios, smbiosPaths } from '@polyvirt/core/arch'

/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  ...smbiosPaths,
  '/proc/xen/capabilities',
  '/sys/devices/cpu_atom/cpus',
  '/sys/devices/cpu_core/cpus',
  '/sys/devices/system/clocksource/clocksource0/available_clocksource',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  '/sys/devices/system/cpu/cpu0/tsc_freq_khz',
  '/sys/devices/system/cpu/smt',
  '/sys/devices/system/cpu/vulnerabilities',
  '/sys/hypervisor/type',
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
  '/sys/module/kvm_amd/parameters',
  '/sys/module/kvm_intel/parameters',
]

/** The file without what names this machine. Lengths stay, so that a table can still be read. */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
  return anonymizeSmbios(path, bytes) ?? bytes
}
