import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** Some hundred lines; what is longer by far is nonsense. */
const maxLength = 256 * 1024

/**
 * /proc/sysinfo: what STORE SYSTEM INFORMATION says of the machine, the partition and the virtual
 * machines below, by its names (arch/s390/kernel/sysinfo.c). `VM00` is this guest, `VM01` who runs its
 * host.
 */
export function readSysinfo(files: HostFiles): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of hostText(files, '/proc/sysinfo').slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const value = line
      .slice(colon + 1)
      .replace(/[^\x20-\x7e]/g, '')
      .trim()
      .replace(/ {2,}/g, ' ')
      .slice(0, 256)
    const name = line.slice(0, colon).trim()
    if (value !== '' && !found.has(name)) found.set(name, value)
  }
  return found
}
