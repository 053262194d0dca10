import { deviceTree, linuxTopology, sysText } from '@polyvirt/core/arch'
import type { HostFiles, LinuxTopology, LinuxTopologyOptions } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'
import { cpuNodes } from './device-tree.ts'

const cpuRoot = '/sys/devices/system/cpu'

export interface PowerThreads extends LinuxTopology {
  /** Hardware threads of a core, online or not. */
  readonly threadsPerCore: number
  /** Parts that the hypervisor splits each core into (POWER8); 1 where it does not. */
  readonly subcores: number
  /** Of a core, the threads that the kernel schedules on, at most. */
  readonly onlineThreads: number
}

export interface ThreadFacts {
  readonly cpuinfo: Cpuinfo
  /** KVM gives threads of a core to guests, so that all but the first must be offline. */
  readonly wholeCores: boolean
}

/**
 * libvirt's counting with sub-cores. It asks KVM (KVM_CAP_PPC_SMT) how many threads each online CPU
 * stands for; what KVM answers is known without it: threads of the core by the sub-cores it is split
 * into, with hypervisor mode before POWER9, else one (arch/powerpc/kvm/powerpc.c). Any thread that
 * should be offline and is not makes the arrangement void.
 */
export function readThreads(
  files: HostFiles,
  options: LinuxTopologyOptions,
  { cpuinfo, wholeCores }: ThreadFacts,
): PowerThreads {
  const threadsPerCore = readThreadsPerCore(files)
  const seen = withCpus(files, cpuinfo, threadsPerCore)
  const plain = linuxTopology(seen, options)
  const onlineThreads = Math.max(
    1,
    ...plain.cells.flatMap(({ threads = [] }) => threads.map((one) => one.siblings.length)),
  )
  const subcores = readSubcores(files, threadsPerCore)
  const perSubcore = threadsPerCore / subcores
  const valid = plain.onlineCpus.length > 0 && plain.onlineCpus.every((id) => id % perSubcore === 0)
  const counted =
    wholeCores && perSubcore > 1 && valid
      ? linuxTopology(seen, { ...options, threadsPerOnlineCpu: perSubcore })
      : plain
  return { ...counted, threadsPerCore, subcores, onlineThreads }
}

/** One interrupt server number, of four bytes, for each hardware thread (LoPAR, CPU node). */
function readThreadsPerCore(files: HostFiles): number {
  const [first] = cpuNodes(files)
  if (first === undefined) return 1
  const servers = files.read(`${deviceTree}/${first}/ibm,ppc-interrupt-server#s`)
  const threads = Math.floor((servers?.length ?? 4) / 4)
  return [1, 2, 4, 8].includes(threads) ? threads : 1
}

function readSubcores(files: HostFiles, threadsPerCore: number): number {
  const subcores = Number(sysText(files, `${cpuRoot}/subcores_per_core`))
  return [2, 4].includes(subcores) && subcores <= threadsPerCore ? subcores : 1
}

/**
 * A kernel that mounts no sysfs still lists its processors in /proc/cpuinfo, and numbers the threads
 * of a core one after the other (arch/powerpc/kernel/setup-common.c, smp_setup_cpu_maps).
 */
function withCpus(files: HostFiles, { processors }: Cpuinfo, threadsPerCore: number): HostFiles {
  if (files.list(cpuRoot).length > 0 || processors.length === 0) return files
  const numbers = new Set(processors.map(({ processor }) => Number(processor)))
  const encoder = new TextEncoder()
  return {
    list: (path) => files.list(path),
    read(path) {
      const found = files.read(path)
      if (found !== undefined || !path.startsWith(`${cpuRoot}/`)) return found
      if (path === `${cpuRoot}/present`) return encoder.encode([...numbers].join(','))
      const [, id, name] = /\/cpu(\d+)\/topology\/(\w+)$/.exec(path) ?? []
      const core = Math.floor(Number(id) / threadsPerCore)
      if (name === 'core_id') return encoder.encode(String(core))
      if (name !== 'thread_siblings_list') return undefined
      const siblings = Array.from({ length: threadsPerCore }, (_, i) => core * threadsPerCore + i)
      return encoder.encode(siblings.filter((one) => numbers.has(one)).join(','))
    },
  }
}
