import type { Domain } from '../../domain/domain.ts'
import { hardLimitOf } from '../../run/own-limits.ts'
import { runProgram } from '../../run/run-program.ts'

/** Resource limits of one QEMU, as `prlimit` takes them. */
export interface Limits {
  /** Open files. */
  readonly nofile: number
  /** Bytes of memory that may be locked. */
  readonly memlockBytes: number
  /** Processes and threads of its user. */
  readonly nproc: number
}

/** Never fewer files than this: displays, migrations and hotplug need some, too. */
const leastFiles = 1024
/** A disk may have an image, a chain below it, an event of each queue; a card a tap for each queue. */
const filesPerDevice = 16

/** What guests without locked memory may lock: what io_uring takes of older kernels. */
const plainLockBytes = 8 * 1024 * 1024

/** libvirt's margin over the guest's memory, for what QEMU itself locks (qemuDomainGetMemLockLimitBytes). */
const lockMarginKiB = 1024 * 1024

/** Linux's `PID_MAX` of small machines: more threads than any guest has, and an end to them. */
const mostProcesses = 32_768

export function limitsOf(domain: Domain): Limits {
  const { devices, memoryBacking, memoryKiB = 0 } = domain
  const lists = Object.values(devices).filter((one) => Array.isArray(one))
  const count = lists.reduce((sum, list) => sum + list.length, 0)
  const queues = (devices.interface ?? []).reduce((sum, { queues: n = 1 }) => sum + n, 0)
  const vfio =
    (devices.hostdev ?? []).some(({ type }) => type === 'pci' || type === 'mdev') ||
    (devices.interface ?? []).some(({ type }) => type === 'hostdev' || type === 'vdpa') ||
    (devices.disk ?? []).some(({ type }) => type === 'nvme')
  const locks = vfio || memoryBacking?.locked === true
  const most = Math.max(memoryKiB, domain.maxMemoryKiB ?? 0)
  return {
    nofile: Math.max(leastFiles, leastFiles / 2 + (count + queues) * filesPerDevice),
    memlockBytes: locks ? (most + lockMarginKiB) * 1024 : plainLockBytes,
    nproc: mostProcesses,
  }
}

/** Arguments of `prlimit`; a limit that this process may not raise stays at what it has. */
export function limitArguments(
  { nofile, memlockBytes, nproc }: Limits,
  own: (name: string) => number,
): readonly string[] {
  const at = (name: string, wanted: number): string => {
    const value = Math.min(wanted, own(name))
    return Number.isFinite(value) ? `${value}:${value}` : 'unlimited:unlimited'
  }
  return [
    `--nofile=${at('Max open files', nofile)}`,
    `--memlock=${at('Max locked memory', memlockBytes)}`,
    `--nproc=${at('Max processes', nproc)}`,
    '--core=0:0',
  ]
}

/**
 * Lets a QEMU lock as much memory as it needs since it has been given a device of the host: an IOMMU writes where the
 * guest's memory is, so that stays there. Where this process may not, QEMU has what it was started with, and says so.
 */
export async function raiseLockLimit(pid: number, domain: Domain): Promise<void> {
  const { memlockBytes } = limitsOf(domain)
  const now = hardLimitOf(pid, 'Max locked memory')
  if (now >= memlockBytes) return
  const value = `${memlockBytes}:${memlockBytes}`
  await runProgram('prlimit', [`--pid=${pid}`, `--memlock=${value}`]).catch(() => undefined)
}
