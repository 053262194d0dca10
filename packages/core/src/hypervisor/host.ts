import { cpus, machine, totalmem } from 'node:os'
import { findIfServed } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostFiles, HostInfo } from '../arch/host-info.ts'
import { hostText } from '../arch/read-linux.ts'
import { realHostFiles, recordedHostFiles } from '../run/host-files.ts'
import type { Layout } from './layout.ts'

/** In a recording, says which machine it is of; {@link recordHost} writes it. */
export const recordingFile = '/host.json'

/** The files through which a connection sees its host. */
export function hostFilesOf({ hostDir }: Pick<Layout, 'hostDir'>): HostFiles {
  return hostDir === undefined ? realHostFiles : recordedHostFiles(hostDir)
}

/** The host's architecture in libvirt's words: the kernel's, which spells them alike. */
export function hostArch(files: HostFiles = realHostFiles): string {
  const recorded = files === realHostFiles ? undefined : recordedMachine(files)
  const name = recorded ?? machine()
  return /^i[3-6]86$/.test(name) ? 'i686' : name
}

function recordedMachine(files: HostFiles): string | undefined {
  const written = /"machine":\s*"(\w{1,32})"/.exec(hostText(files, recordingFile))
  return written?.[1]
}

/**
 * What is known of this machine: from the package of its own architecture, or, where that is not
 * installed, what Node can tell.
 */
export async function readHost(
  registry: ArchRegistry,
  files: HostFiles = realHostFiles,
): Promise<HostInfo> {
  const read = await hostReader(registry, files)
  return read()
}

/** {@link readHost}, with the reading itself left for when it is wanted. It is done once. */
export async function hostReader(
  registry: ArchRegistry,
  files: HostFiles = realHostFiles,
): Promise<() => HostInfo> {
  const arch = hostArch(files)
  const found = await findIfServed(registry, arch)
  let known: HostInfo | undefined
  return () => (known ??= found?.host.read(files) ?? bareNumbers(arch))
}

/**
 * The host as something that is read when the first word of it is asked for: it takes hundreds of
 * files of /sys, and most domains are planned without a look at it.
 */
export function hostOnDemand(read: () => HostInfo): HostInfo {
  return new Proxy({} as HostInfo, {
    get: (_, key) => Reflect.get(read(), key),
    has: (_, key) => Reflect.has(read(), key),
    ownKeys: () => Reflect.ownKeys(read()),
    getOwnPropertyDescriptor: (_, key) => {
      const property = Reflect.getOwnPropertyDescriptor(read(), key)
      return property && { ...property, configurable: true }
    },
  })
}

function bareNumbers(arch: string): HostInfo {
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
    warnings: [`no architecture package reads a ${arch} host; only the bare numbers are known`],
  }
}
