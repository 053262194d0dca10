import { anonymizeSmbios, deviceTree, smbiosPaths } from '@polyvirt/core/arch'
import { kvmDevice } from './virtualization.ts'

const serialNumber = `${deviceTree}/serial-number`
const vector = '/proc/self/auxv'

/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  ...smbiosPaths,
  ...['compatible', 'model'].map((name) => `${deviceTree}/${name}`),
  serialNumber,
  vector,
  kvmDevice,
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
]

/** The file without what names this machine: letters and digits become zeros, so that lengths stay. */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
  const smbios = anonymizeSmbios(path, bytes)
  if (smbios !== undefined) return smbios
  if (path === vector) return withoutAddresses(bytes)
  if (path !== serialNumber) return bytes
  return bytes.map((byte) => (/[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 0x30 : byte))
}

/** Addresses are the values of more than 32 bits; all that is of interest is small. */
function withoutAddresses(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  for (let at = 8; at + 8 <= copy.length; at += 16) {
    if (copy.subarray(at + 4, at + 8).some((byte) => byte !== 0)) copy.fill(0, at, at + 8)
  }
  return copy
}
