import { formatCpuset, parseCpuset } from '../domain/cpuset.ts'
import type {
  HostCache,
  HostCell,
  HostFiles,
  HostInfo,
  HostThread,
  HostTopology,
} from './host-info.ts'
import { hostPageSizesKiB, hostText } from './read-linux.ts'

const cpuRoot = '/sys/devices/system/cpu'
const nodeRoot = '/sys/devices/system/node'

export interface LinuxTopologyOptions {
  /** The base page of this architecture and kernel, in KiB. */
  readonly basePageKiB: number
  /** All memory, in KiB; what a kernel without NUMA gives to its one node. */
  readonly memoryKiB: number
  /**
   * Hardware threads that each online CPU stands for, where a hypervisor wants the others
   * offline. 1 when missing.
   */
  readonly threadsPerOnlineCpu?: number
}

/** The parts of a host that Linux describes alike on every architecture. */
export type LinuxTopology = Required<
  Pick<HostInfo, 'topology' | 'cells' | 'presentCpus' | 'onlineCpus' | 'caches' | 'warnings'>
>

/**
 * CPUs, NUMA nodes and caches from /sys, by libvirt's rules of counting: sockets are the most that
 * one node has, and where nodes × sockets × cores × threads is not the number of CPUs (hidden or
 * uneven ones) the machine is shown flat.
 */
export function linuxTopology(files: HostFiles, options: LinuxTopologyOptions): LinuxTopology {
  const warnings: string[] = []
  const present = cpuNumbers(files, `${cpuRoot}/present`, warnings) ?? numberedCpus(files)
  const online = (
    cpuNumbers(files, `${cpuRoot}/online`, warnings) ??
    present.filter((id) => hostText(files, `${cpuRoot}/cpu${id}/online`).trim() !== '0')
  ).filter((id) => present.includes(id))
  const threads = new Map(online.map((id) => [id, readThread(files, id, online)]))
  const cells = readCells(files, options, { online, threads, warnings })
  return {
    topology: count(cells, { present, online, per: options.threadsPerOnlineCpu ?? 1 }),
    cells,
    presentCpus: present,
    onlineCpus: online,
    caches: readCaches(files, online),
    warnings,
  }
}

function cpuNumbers(
  files: HostFiles,
  path: string,
  warnings: string[],
): readonly number[] | undefined {
  const text = hostText(files, path).trim()
  if (text === '') return undefined
  const numbers = parseCpuset(text)
  if (numbers === undefined) warnings.push(`${path} is not a set of CPU numbers`)
  return numbers
}

function numberedCpus(files: HostFiles): readonly number[] {
  return files
    .list(cpuRoot)
    .flatMap((name) => parseCpuset(/^cpu(\d+)$/.exec(name)?.[1] ?? '') ?? [])
    .toSorted((a, b) => a - b)
}

function numberIn(files: HostFiles, path: string): number | undefined {
  const text = hostText(files, path).trim()
  // Kernels that do not know say -1.
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

function readThread(files: HostFiles, id: number, online: readonly number[]): HostThread {
  const folder = `${cpuRoot}/cpu${id}/topology`
  const siblings = parseCpuset(hostText(files, `${folder}/thread_siblings_list`).trim())?.filter(
    (one) => online.includes(one),
  )
  return {
    id,
    socketId: numberIn(files, `${folder}/physical_package_id`) ?? 0,
    dieId: numberIn(files, `${folder}/die_id`) ?? 0,
    coreId: numberIn(files, `${folder}/core_id`) ?? 0,
    siblings: siblings?.includes(id) === true ? siblings : [id],
  }
}

interface Found {
  readonly online: readonly number[]
  readonly threads: ReadonlyMap<number, HostThread>
  readonly warnings: string[]
}

/** NUMA nodes by number, which need not be consecutive, nor have CPUs, nor memory. */
function readCells(
  files: HostFiles,
  { basePageKiB, memoryKiB }: LinuxTopologyOptions,
  { online, threads, warnings }: Found,
): readonly HostCell[] {
  const ids = files
    .list(nodeRoot)
    .flatMap((name) => parseCpuset(/^node(\d+)$/.exec(name)?.[1] ?? '') ?? [])
    .toSorted((a, b) => a - b)
  const threadsOf = (cpus: readonly number[]): readonly HostThread[] =>
    cpus.flatMap((id) => threads.get(id) ?? [])
  if (ids.length === 0) {
    if (online.length === 0) return []
    const pages = readPages(files, '/sys/kernel/mm', { basePageKiB, memoryKiB })
    return [{ id: 0, memoryKiB, cpus: online, threads: threadsOf(online), pages }]
  }
  return ids.map((id) => {
    const folder = `${nodeRoot}/node${id}`
    const text = hostText(files, `${folder}/cpulist`).trim()
    const listed = text === '' ? [] : parseCpuset(text)
    if (listed === undefined) warnings.push(`${folder}/cpulist is not a set of CPU numbers`)
    const cpus = (listed ?? []).filter((cpu) => online.includes(cpu))
    const total = /MemTotal:\s*(\d{1,15})/.exec(hostText(files, `${folder}/meminfo`))?.[1]
    const memory = Number(total ?? 0)
    const distances = hostText(files, `${folder}/distance`).trim()
    return {
      id,
      memoryKiB: memory,
      cpus,
      threads: threadsOf(cpus),
      pages: readPages(files, folder, { basePageKiB, memoryKiB: memory }),
      // One number for each node, in the order of their numbers.
      ...(/^\d{1,3}( \d{1,3})*$/.test(distances) && {
        distances: distances
          .split(' ')
          .slice(0, ids.length)
          .map((value, i) => ({ id: ids[i] ?? 0, value: Number(value) })),
      }),
    }
  })
}

/** Huge pages that are set aside; what they leave is base pages. */
function readPages(
  files: HostFiles,
  folder: string,
  { basePageKiB, memoryKiB }: LinuxTopologyOptions,
): NonNullable<HostCell['pages']> {
  const huge = hostPageSizesKiB(files, basePageKiB)
    .slice(1)
    .map((sizeKiB) => ({
      sizeKiB,
      count: numberIn(files, `${folder}/hugepages/hugepages-${sizeKiB}kB/nr_hugepages`) ?? 0,
    }))
  const taken = huge.reduce((sum, { sizeKiB, count: pages }) => sum + sizeKiB * pages, 0)
  const rest = Math.max(0, Math.floor((memoryKiB - taken) / basePageKiB))
  return [{ sizeKiB: basePageKiB, count: rest }, ...huge]
}

interface Counted {
  readonly present: readonly number[]
  readonly online: readonly number[]
  readonly per: number
}

function count(cells: readonly HostCell[], { present, online, per }: Counted): HostTopology {
  const groups = cells.filter((cell) => cell.cpus.length > 0).map((cell) => cell.threads ?? [])
  const most = (values: Iterable<number>): number => Math.max(1, ...values)
  const sockets = most(groups.map((all) => new Set(all.map((one) => one.socketId)).size))
  const counted = (by: Name, what: Name): number =>
    most(groups.flatMap((all) => countBy(all, by, what)))
  const dies = counted(socketOf, dieOf)
  const cores = counted(socketOf, coreOf)
  const threads = most(groups.flatMap((all) => all.map((one) => one.siblings.length))) * per
  const cpus = online.length * per
  const nodes = Math.max(1, groups.length)
  if (nodes * sockets * cores * threads !== present.length)
    return { cpus, nodes: 1, sockets: 1, cores: Math.max(1, present.length), threads: 1 }
  const coresOfDie = counted(dieOf, coreOf)
  // Dies of different sizes are not told of.
  return dies > 1 && dies * coresOfDie === cores
    ? { cpus, nodes, sockets, dies, cores: coresOfDie, threads }
    : { cpus, nodes, sockets, cores, threads }
}

type Name = (thread: HostThread) => string

const socketOf: Name = ({ socketId }) => `${socketId}`
const dieOf: Name = ({ socketId, dieId }) => `${socketId}:${dieId}`
const coreOf: Name = ({ socketId, dieId, coreId }) => `${socketId}:${dieId}:${coreId}`

/** How many different ones of something each group has. */
function countBy(threads: readonly HostThread[], by: Name, what: Name): readonly number[] {
  const found = new Map<string, Set<string>>()
  for (const thread of threads) {
    const known = found.get(by(thread)) ?? new Set()
    found.set(by(thread), known.add(what(thread)))
  }
  return [...found.values()].map((known) => known.size)
}

const cacheTypes: Readonly<Record<string, HostCache['type']>> = {
  Unified: 'both',
  Instruction: 'code',
  Data: 'data',
}

/** Caches that the kernel numbers, each once, however many CPUs share it. */
function readCaches(files: HostFiles, online: readonly number[]): readonly HostCache[] {
  const found = new Map<string, HostCache>()
  for (const cpu of online) {
    for (const name of files.list(`${cpuRoot}/cpu${cpu}/cache`)) {
      if (!/^index\d+$/.test(name)) continue
      const folder = `${cpuRoot}/cpu${cpu}/cache/${name}`
      const id = numberIn(files, `${folder}/id`)
      const level = numberIn(files, `${folder}/level`)
      const type = cacheTypes[hostText(files, `${folder}/type`).trim()]
      const size = /^(\d{1,9})K$/.exec(hostText(files, `${folder}/size`).trim())?.[1]
      if (id === undefined || level === undefined || type === undefined || size === undefined)
        continue
      const cpus = parseCpuset(hostText(files, `${folder}/shared_cpu_list`).trim()) ?? [cpu]
      const cache = { id, level, type, sizeKiB: Number(size), cpus }
      found.set(`${level} ${type} ${id} ${formatCpuset(cpus)}`, cache)
    }
  }
  return [...found.values()]
}
