import { hostCells, hostMemoryKiB, hostPageSizesKiB, hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'

/** Reads an x86 host from /proc, /sys and its SMBIOS strings. */
export const host: HostInfoReader = {
  machines: ['x86_64', 'i686', 'i586', 'i486', 'i386'],
  read(files): HostInfo {
    const cpuinfo = hostText(files, '/proc/cpuinfo')
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1]
    const cpus = [...cpuinfo.matchAll(/^processor\s*:/gm)].length
    const packages = new Set([...cpuinfo.matchAll(/^physical id\s*:\s*(\d+)/gm)].map((m) => m[1]))
    const coresPerPackage = Number(field('cpu cores') ?? 1)
    const siblings = Number(field('siblings') ?? coresPerPackage)
    const sockets = Math.max(1, packages.size)
    const threads = Math.max(1, Math.floor(siblings / Math.max(1, coresPerPackage)))
    const whole = sockets * coresPerPackage * threads === cpus
    const vendor = field('vendor_id')
    const description = field('model name')
    return {
      arch:
        files.read('/lib64/ld-linux-x86-64.so.2') === undefined &&
        cpuinfo !== '' &&
        !/\blm\b/.test(field('flags') ?? '')
          ? 'i686'
          : 'x86_64',
      cpu: {
        ...(vendor !== undefined && { vendor: vendors[vendor] ?? vendor }),
        ...(description !== undefined && { description }),
        features: (field('flags') ?? '').split(' ').filter((flag) => flag !== ''),
        mhz: Math.floor(Number(field('cpu MHz') ?? 0)),
      },
      // A count that does not multiply out (hidden CPUs) is shown flat, as libvirt does.
      topology: whole
        ? { cpus, nodes: 1, sockets, cores: coresPerPackage, threads }
        : { cpus, nodes: 1, sockets: 1, cores: Math.max(1, cpus), threads: 1 },
      memoryKiB: hostMemoryKiB(files),
      pageSizesKiB: hostPageSizesKiB(files, 4),
      cells: hostCells(files),
      firmware: firmware(files),
    }
  },
}

/** libvirt's names of the vendor strings. */
const vendors: Readonly<Record<string, string>> = {
  GenuineIntel: 'Intel',
  AuthenticAMD: 'AMD',
  HygonGenuine: 'Hygon',
}

function firmware(files: HostFiles): HostInfo['firmware'] {
  const read = (name: string): string | undefined =>
    hostText(files, `/sys/class/dmi/id/${name}`).trim() || undefined
  const manufacturer = read('sys_vendor')
  const product = read('product_name')
  if (manufacturer === undefined && product === undefined) return { kind: 'none' }
  const version = read('product_version')
  const serial = read('product_serial')
  const uuid = read('product_uuid')
  return {
    kind: 'smbios',
    ...(manufacturer !== undefined && { manufacturer }),
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    ...(serial !== undefined && { serial }),
    ...(uuid !== undefined && { uuid }),
  }
}
