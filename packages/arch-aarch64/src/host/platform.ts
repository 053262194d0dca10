import { sysText, treeStrings } from '@polyvirt/core/arch'
import type { HostFiles, HostFirmware } from '@polyvirt/core/arch'

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
