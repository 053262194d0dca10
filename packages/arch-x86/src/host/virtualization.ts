import { hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostVirtualization } from '@polyvirt/core/arch'

/** What this machine is to guests, and whose guest it is. */
export function readVirtualization(
  files: HostFiles,
  flags: ReadonlySet<string>,
  firmware: HostFirmware,
): HostVirtualization {
  const modules = files.list('/sys/module').filter((name) => /^kvm_[a-z]{1,16}$/.test(name))
  const nested = modules
    .map((module) => parameter(files, module, 'nested'))
    .find((value) => value !== undefined)
  const guestOf = readGuestOf(files, flags, firmware)
  const secure = readSecure(files, flags)
  return {
    modules,
    ...(nested !== undefined && { nested }),
    ...(guestOf !== undefined && { guestOf }),
    ...(secure.length > 0 && { secure }),
    iommu: files.list('/sys/kernel/iommu_groups').length > 0,
  }
}

/** A module's switch: booleans are `Y` and `N`, older ones numbers. */
function parameter(files: HostFiles, module: string, name: string): boolean | undefined {
  const text = hostText(files, `/sys/module/${module}/parameters/${name}`).trim()
  if (/^[Yy]$|^[1-9]\d{0,3}$/.test(text)) return true
  return /^[Nn0]$/.test(text) ? false : undefined
}

function readSecure(files: HostFiles, flags: ReadonlySet<string>): readonly string[] {
  const ways: readonly (readonly [name: string, has: boolean])[] = [
    ['sev', parameter(files, 'kvm_amd', 'sev') === true],
    ['sev-es', parameter(files, 'kvm_amd', 'sev_es') === true],
    ['sev-snp', parameter(files, 'kvm_amd', 'sev_snp') === true],
    // A guest's enclaves are memory that /dev/sgx_vepc gives.
    ['sgx', flags.has('sgx') && files.list('/dev').includes('sgx_vepc')],
    ['tdx', parameter(files, 'kvm_intel', 'tdx') === true],
  ]
  return ways.flatMap(([name, has]) => (has ? [name] : []))
}

/** Clocks that a hypervisor lends to its guests (Linux drivers/clocksource, arch/x86/kernel). */
const clocks: readonly (readonly [clock: RegExp, hypervisor: string])[] = [
  [/\bkvm-clock\b/, 'KVM'],
  [/\bhyperv_clocksource/, 'Hyper-V'],
  [/\bxen\b/, 'Xen'],
]

/** What hypervisors and clouds write into the SMBIOS tables of their guests. */
const makers: readonly (readonly [words: RegExp, hypervisor: string])[] = [
  [/\bVMware\b/, 'VMware'],
  [/\bVirtualBox\b|\binnotek\b/, 'VirtualBox'],
  [/\bMicrosoft Corporation\b.*\bVirtual Machine\b/, 'Hyper-V'],
  [/\bXen\b/, 'Xen'],
  [/\bParallels\b/, 'Parallels'],
  [/\bbhyve\b/i, 'bhyve'],
  [/\bKVM\b|\bAmazon EC2\b|\bGoogle\b|\bOpenStack\b|\bAlibaba Cloud\b|\bDigitalOcean\b/, 'KVM'],
  [/\bQEMU\b/, 'QEMU'],
]

function readGuestOf(
  files: HostFiles,
  flags: ReadonlySet<string>,
  { manufacturer = '', product = '' }: HostFirmware,
): string | undefined {
  const type = hostText(files, '/sys/hypervisor/type').trim()
  // The first domain of Xen is the host, although Xen is below it.
  if (type === 'xen')
    return hostText(files, '/proc/xen/capabilities').includes('control_d') ? undefined : 'Xen'
  if (!flags.has('hypervisor')) return undefined
  const clock = hostText(
    files,
    '/sys/devices/system/clocksource/clocksource0/available_clocksource',
  )
  const byClock = clocks.find(([words]) => words.test(clock))
  const byMaker = makers.find(([words]) => words.test(`${manufacturer} ${product}`))
  return byClock?.[1] ?? byMaker?.[1] ?? 'an unknown hypervisor'
}
