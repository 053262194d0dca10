import { anonymizePartition, lparcfg } from './partition.ts'

/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  '/proc/self/auxv',
  lparcfg,
  ...[
    'compatible',
    'cpus',
    'host-model',
    'hypervisor/compatible',
    'ibm,firmware-versions/version',
    'ibm,opal/firmware/version',
    'ibm,partition-name',
    'ibm,partition-uuid',
    'ibm,ultravisor',
    'model',
    'model-name',
    'openprom/model',
    'serial-number',
    'system-id',
    'vendor',
    'vm,uuid',
  ].map((name) => `/proc/device-tree/${name}`),
  '/sys/devices/system/cpu/smt',
  '/sys/devices/system/cpu/subcores_per_core',
  '/sys/devices/system/cpu/svm',
  '/sys/kernel/cpu_byteorder',
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
  '/sys/module/kvm_hv/parameters',
  '/sys/module/kvm_hv/refcnt',
  '/sys/module/kvm_pr/refcnt',
]

/** Properties of the device tree, wherever they stand, that name this machine and no other. */
const names =
  /^(?:system-id|serial-number|ibm,serial-number|host-serial|vm,uuid|ibm,partition-uuid|ibm,partition-name|ibm,loc-code|local-mac-address)$/

/**
 * The file without what names this machine: letters and digits become zeros, so that lengths and
 * signs between them stay. The auxiliary vector loses the addresses of the process it came from.
 */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
  if (path === '/proc/self/auxv') return withoutAddresses(bytes)
  if (path === lparcfg) return anonymizePartition(bytes)
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!path.startsWith('/proc/device-tree/') || !names.test(name)) return bytes
  if (name === 'local-mac-address') return new Uint8Array(bytes.length)
  return bytes.map((byte) => (/[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 0x30 : byte))
}

/** Addresses are the values of 47 bits; all that is of interest is small. */
function withoutAddresses(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  for (let at = 8; at + 8 <= copy.length; at += 16) {
    const value = copy.subarray(at, at + 8)
    // In either byte order, the halves beyond 32 bits.
    const big = copy[at - 1] !== 0
    const upper = big ? value.subarray(0, 4) : value.subarray(4)
    if (upper.some((byte) => byte !== 0)) value.fill(0)
  }
  return copy
}
