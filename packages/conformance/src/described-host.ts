import type { HostFiles } from '@polyvirt/core/arch'

/** One hardware thread of a machine that is described rather than recorded. */
export interface DescribedCpu {
  readonly id: number
  readonly socket: number
  readonly core: number
  readonly die?: number
  /** CPUs of the same core that are online, itself included; itself alone when missing. */
  readonly siblings?: readonly number[]
  readonly online?: boolean
  readonly node?: number
}

export interface DescribedNode {
  readonly id: number
  readonly memoryKiB: number
  /** One number for each node, in the order of their numbers. */
  readonly distances: readonly number[]
  /** Pages that are set aside, by size in KiB. */
  readonly hugePages?: Readonly<Record<number, number>>
}

export interface DescribedCache {
  readonly id: number
  readonly level: number
  readonly type: 'Unified' | 'Instruction' | 'Data'
  readonly sizeKiB: number
  readonly cpus: readonly number[]
}

export interface DescribedLinux {
  readonly cpus: readonly DescribedCpu[]
  readonly nodes: readonly DescribedNode[]
  readonly caches?: readonly DescribedCache[]
  /** Sizes of huge pages that the kernel offers. */
  readonly hugePageSizesKiB?: readonly number[]
}

/** Files by their path; bytes where they are no text. */
export type DescribedFiles = Readonly<Record<string, string | Uint8Array>>

/**
 * What Linux shows below /sys and in /proc/meminfo of such a machine (Documentation/ABI of the
 * kernel: sysfs-devices-system-cpu, sysfs-devices-node, sysfs-kernel-mm-hugepages). What is the
 * architecture's own, /proc/cpuinfo above all, comes beside it.
 */
export function describeLinux(machine: DescribedLinux): DescribedFiles {
  const files: Record<string, string> = {}
  const cpu = '/sys/devices/system/cpu'
  const numbers = machine.cpus.map(({ id }) => id)
  const online = machine.cpus.filter((one) => one.online !== false)
  files[`${cpu}/present`] = lines(numbers)
  files[`${cpu}/possible`] = lines(numbers)
  files[`${cpu}/online`] = lines(online.map(({ id }) => id))
  for (const one of machine.cpus) {
    // The first one cannot be taken away, so it has no such file on some architectures.
    if (one.id > 0) files[`${cpu}/cpu${one.id}/online`] = one.online === false ? '0\n' : '1\n'
    if (one.online === false) continue
    const topology = `${cpu}/cpu${one.id}/topology`
    files[`${topology}/physical_package_id`] = `${one.socket}\n`
    files[`${topology}/die_id`] = `${one.die ?? 0}\n`
    files[`${topology}/core_id`] = `${one.core}\n`
    files[`${topology}/thread_siblings_list`] = lines(one.siblings ?? [one.id])
  }
  for (const [index, cache] of (machine.caches ?? []).entries()) {
    for (const id of cache.cpus) {
      const folder = `${cpu}/cpu${id}/cache/index${index}`
      files[`${folder}/id`] = `${cache.id}\n`
      files[`${folder}/level`] = `${cache.level}\n`
      files[`${folder}/type`] = `${cache.type}\n`
      files[`${folder}/size`] = `${cache.sizeKiB}K\n`
      files[`${folder}/shared_cpu_list`] = lines(cache.cpus)
    }
  }
  for (const size of machine.hugePageSizesKiB ?? [])
    files[`/sys/kernel/mm/hugepages/hugepages-${size}kB/nr_hugepages`] = '0\n'
  for (const node of machine.nodes) describeNode(files, node, machine)
  const total = machine.nodes.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0)
  files['/proc/meminfo'] = `MemTotal:       ${total} kB\nMemFree:        ${total} kB\n`
  return files
}

function describeNode(
  files: Record<string, string>,
  node: DescribedNode,
  machine: DescribedLinux,
): void {
  const folder = `/sys/devices/system/node/node${node.id}`
  const cpus = machine.cpus.filter((one) => (one.node ?? 0) === node.id && one.online !== false)
  files[`${folder}/cpulist`] = lines(cpus.map(({ id }) => id))
  files[`${folder}/meminfo`] =
    `Node ${node.id} MemTotal:       ${node.memoryKiB} kB\n` +
    `Node ${node.id} MemFree:        ${node.memoryKiB} kB\n`
  files[`${folder}/distance`] = `${node.distances.join(' ')}\n`
  for (const size of machine.hugePageSizesKiB ?? [])
    files[`${folder}/hugepages/hugepages-${size}kB/nr_hugepages`] =
      `${node.hugePages?.[size] ?? 0}\n`
}

/** The kernel's way of writing a set: every number by itself is one, too. */
function lines(numbers: readonly number[]): string {
  return `${numbers.join(',')}\n`
}

/** Described files as a host's. */
export function describedHost(files: DescribedFiles): HostFiles {
  const encoder = new TextEncoder()
  return {
    read(path) {
      const found = files[path]
      return typeof found === 'string' ? encoder.encode(found) : found
    },
    list(path) {
      const below = `${path.replace(/\/$/, '')}/`
      const names = Object.keys(files).flatMap((file) =>
        file.startsWith(below) ? (file.slice(below.length).split('/')[0] ?? []) : [],
      )
      return [...new Set(names)].toSorted()
    },
  }
}
