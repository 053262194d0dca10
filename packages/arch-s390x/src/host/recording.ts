/** What the host reader looks at beyond every Linux's files. A folder stands for all in it. */
export const recordedPaths: readonly string[] = [
  '/proc/sysinfo',
  '/sys/devices/system/cpu/dispatching',
  '/sys/firmware/uv/prot_virt_guest',
  '/sys/firmware/uv/prot_virt_host',
  // One file is enough to show that the folder is not empty; the others lead into all devices.
  '/sys/kernel/iommu_groups/0/type',
  '/sys/module/kvm/parameters',
]

/** Lines whose value names this machine and no other. */
const names: Readonly<Record<string, RegExp>> = {
  '/proc/cpuinfo': /(?<=\bidentification\s*[=:]\s*)[0-9A-F]+/gi,
  '/proc/sysinfo':
    /(?<=^(?:Sequence Code|Plant|LPAR Name|LPAR Extended Name|LPAR UUID|VM\d\d (?:Name|Extended Name|UUID)):).*$/gm,
}

/** The file without what names this machine: letters and digits become zeros. */
export function anonymize(path: string, bytes: Uint8Array): Uint8Array {
  const pattern = Object.hasOwn(names, path) ? names[path] : undefined
  if (pattern === undefined) return bytes
  // Byte for byte: a damaged file is still recorded as it is.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const hidden = text.replace(pattern, (name) => name.replace(/[0-9A-Za-z]/g, '0'))
  return Uint8Array.from(hidden, (sign) => sign.charCodeAt(0))
}
