import { sysText, treeStrings, treeText } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware, HostSysinfo } from '@polyvirt/core/arch'

/** The machine by its device tree: boards without SMBIOS have nothing else. */
export function treeFirmware(files: HostFiles): HostFirmware {
  const product = treeText(files, 'model')
  if (product === undefined) return { kind: 'none' }
  const serial = treeText(files, 'serial-number')
  const manufacturer = makerOf(treeStrings(files, 'compatible')[0])
  return {
    kind: 'device-tree',
    ...(manufacturer !== undefined && { manufacturer }),
    product,
    ...(serial !== undefined && /[^0]/.test(serial) && { serial }),
  }
}

/** `raspberrypi,4-model-b` is by raspberrypi (Devicetree Specification, 2.3.1). */
function makerOf(compatible: string | undefined): string | undefined {
  const comma = compatible?.indexOf(',') ?? -1
  return comma > 0 ? compatible?.slice(0, comma) : undefined
}

/** The same in the place of SMBIOS's, by libvirt's names. */
export function treeSysinfo(firmware: HostFirmware): HostSysinfo | undefined {
  if (firmware.kind !== 'device-tree') return undefined
  const system = (['manufacturer', 'product', 'serial'] as const).flatMap((name) => {
    const value = firmware[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { system }
}

/** What hypervisors and clouds call the machines of their guests. */
const makers: readonly (readonly [words: RegExp, hypervisor: string])[] = [
  [/\bKVM\b|\bGoogle\b|\bOpenStack\b|\bAlibaba Cloud\b|\boVirt\b|\bKubeVirt\b/, 'KVM'],
  [/\bVMware\b/, 'VMware'],
  [/\bMicrosoft Corporation\b.*\bVirtual Machine\b/, 'Hyper-V'],
  [/\bApple Virtualization\b/, 'Apple’s Virtualization framework'],
  [/\bParallels\b/, 'Parallels'],
  [/\bQEMU\b/, 'QEMU'],
]

/** Who runs this machine, when it is a guest itself. */
export function guestOf(
  files: HostFiles,
  { kind, manufacturer = '', product = '' }: HostFirmware,
): string | undefined {
  const type = sysText(files, '/sys/hypervisor/type')
  // The first domain of Xen is the host, although Xen is below it.
  if (type === 'xen')
    return sysText(files, '/proc/xen/capabilities')?.includes('control_d') === true
      ? undefined
      : 'Xen'
  // QEMU's and kvmtool's boards call themselves so, whoever executes their instructions.
  if (kind === 'device-tree' && product === 'linux,dummy-virt') return hypervisorNode(files)
  // Bare metal of Amazon says so in its name.
  if (manufacturer === 'Amazon EC2') return /\.metal/.test(product) ? undefined : 'KVM'
  return makers.find(([words]) => words.test(`${manufacturer} ${product}`))?.[1]
}

function hypervisorNode(files: HostFiles): string {
  return treeStrings(files, 'hypervisor/compatible').includes('linux,kvm') ? 'KVM' : 'QEMU'
}
