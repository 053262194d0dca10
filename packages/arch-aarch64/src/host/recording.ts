import { anonymizeSmbios, smbiosPaths } from '@polyvirt/core/arch'
import { kvmDevice } from './virtualization.ts'

/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  ...smbiosPaths,
  ...['compatible', 'hypervisor/compatible', 'model', 'serial-number'].map(
    (name) => `/proc/device-tree/${name}`,
  ),
  '/proc/cmdline',
  '/proc/interrupts',
  '/proc/self/auxv',
  '/proc/sys/abi/sve_default_vector_length',
  '/proc/xen/capabilities',
  kvmDevice,
  '/sys/hypervisor/type',
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
]

/** The file without what names this machine. */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
  const smbios = anonymizeSmbios(path, bytes)
  if (smbios !== undefined) return smbios
  switch (path) {
    case '/proc/device-tree/serial-number':
      return blanked(bytes)
    case '/proc/cpuinfo':
      return edited(bytes, (text) => text.replace(/^Serial(\s*):.*$/gm, 'Serial$1: 0'))
    // Names of disks, network addresses and more stand on command lines; one word is of interest.
    case '/proc/cmdline':
      return edited(
        bytes,
        (text) => `${/(?:^|\s)(kvm-arm\.mode=[a-z]{1,10})/.exec(text)?.[1] ?? ''}\n`,
      )
    // Of the interrupts, only who delivers them.
    case '/proc/interrupts':
      return edited(bytes, (text) => `${/\sGIC(?:v[234]|-0)\s/.exec(text)?.[0] ?? ''}\n`)
    case '/proc/self/auxv':
      return withoutAddresses(bytes)
    default:
      return bytes
  }
}

/** Letters and digits become zeros, so that lengths and signs between them stay. */
function blanked(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (/[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 0x30 : byte))
}

function edited(bytes: Uint8Array, edit: (text: string) => string): Uint8Array {
  return new TextEncoder().encode(edit(new TextDecoder().decode(bytes)))
}

/** Addresses are the values of more than 32 bits; all that is of interest is small. */
function withoutAddresses(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  for (let at = 8; at + 8 <= copy.length; at += 16) {
    if (copy.subarray(at + 4, at + 8).some((byte) => byte !== 0)) copy.fill(0, at, at + 8)
  }
  return copy
}
