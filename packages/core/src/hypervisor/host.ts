import { cpus, machine, totalmem } from 'node:os'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { realHostFiles } from '../run/index.ts'

/** The host's architecture in libvirt's words: the kernel's, which spells them alike. */
export function hostArch(): string {
  const name = machine()
  return /^i[3-6]86$/.test(name) ? 'i686' : name
}

/**
 * What is known of this machine: from the package of its own architecture, or, where that is not
 * installed, what Node can tell.
 */
export async function readHost(registry: ArchRegistry): Promise<HostInfo> {
  const arch = hostArch()
  if (registry.guests().includes(arch)) {
    const found = await registry.find(arch)
    return found.host.read(realHostFiles)
  }
  const list = cpus()
  return {
    arch,
    cpu: { features: [], mhz: list[0]?.speed ?? 0 },
    topology: {
      cpus: list.length,
      nodes: 1,
      sockets: 1,
      cores: Math.max(1, list.length),
      threads: 1,
    },
    memoryKiB: Math.floor(totalmem() / 1024),
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
  }
}
