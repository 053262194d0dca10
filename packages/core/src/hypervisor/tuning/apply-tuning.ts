import { readdirSync } from 'node:fs'
import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import { inLanes } from '../../in-lanes.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { limitGroup, limitThreads } from '../../run/cgroup.ts'
import { setAffinity, setScheduler } from '../../run/thread-affinity.ts'
import { cpuMax, deviceNumber, groupSettings } from './group-settings.ts'
import { missingHere } from './missing-limits.ts'
import { threadLimits } from './thread-limits.ts'
import type { ThreadKind, ThreadLimits } from './thread-limits.ts'

/** The QEMU that is tuned. */
export interface TunedRun {
  readonly pid: number
  /** Its control group; without one, only its threads can be tuned. */
  readonly cgroup?: string
  /** A limit that the configuration sets for every guest, in KiB. */
  readonly memoryMaxKiB?: number
  /** What it was tuned to before: what is not wanted any more is taken back. */
  readonly before?: Domain
}

/** A run, with what is known of it. */
export function tunedRun(
  pid: number,
  known: { readonly [K in Exclude<keyof TunedRun, 'pid'>]?: TunedRun[K] | undefined } = {},
): TunedRun {
  const { cgroup, memoryMaxKiB, before } = known
  return {
    pid,
    ...(cgroup !== undefined && { cgroup }),
    ...(memoryMaxKiB !== undefined && { memoryMaxKiB }),
    ...(before !== undefined && { before }),
  }
}

/** Programs that are run at the same time, one a thread. */
const lanes = 8

/**
 * Gives a running QEMU what its definition says of the host: the CPUs of its threads, their schedulers and
 * shares, and the limits of its control group. What the kernel has no controller for is left out; see
 * missing-limits.ts.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` at the element that the host refuses.
 */
export async function applyTuning(qmp: QmpClient, domain: Domain, run: TunedRun): Promise<void> {
  await tuneGroup(domain, run)
  await tuneThreads(qmp, domain, run)
}

async function tuneGroup(
  domain: Domain,
  { cgroup, before, memoryMaxKiB }: TunedRun,
): Promise<void> {
  if (cgroup === undefined) return
  const settings = groupSettings(domain, {
    // Devices are looked at only where they can be limited.
    deviceNumber: (path) => (missingHere().includes('io') ? '' : deviceNumber(path)),
    ...(before && { before }),
    ...(memoryMaxKiB !== undefined && { memoryMaxKiB }),
  })
  for (const setting of settings)
    await refused(`<${setting.path}> cannot be set`, setting.path, limitGroup(cgroup, [setting]))
}

/** Threads are looked for only where something is to be done with one. */
export async function tuneThreads(
  qmp: QmpClient,
  domain: Domain,
  { pid, cgroup, before }: TunedRun,
): Promise<void> {
  if (!tunesThreads(domain) && (before === undefined || !tunesThreads(before))) return
  await inLanes(await threadsOf(qmp, pid), lanes, async ({ thread, ids }) => {
    const wanted = threadLimits(domain, thread)
    const had: ThreadLimits = before === undefined ? {} : threadLimits(before, thread)
    if (wanted.cpus !== undefined || had.cpus !== undefined)
      for (const id of ids) await setAffinity(id, wanted.cpus ?? [], wanted.cpusPath)
    if (wanted.scheduler !== undefined) {
      const { scheduler: policy, priority } = wanted.scheduler
      const how = { policy, ...(priority !== undefined && { priority }) }
      for (const id of ids) await setScheduler(id, how, wanted.schedulerPath)
    }
    if (cgroup === undefined || (wanted.cpuMax === undefined && had.cpuMax === undefined)) return
    const name = thread.kind === 'emulator' ? 'emulator' : `${thread.kind}${thread.index}`
    const limits = { threads: ids, cpuMax: wanted.cpuMax ?? cpuMax() }
    await refused(
      `the quota of ${name} cannot be set`,
      'cputune',
      limitThreads(cgroup, name, limits),
    )
  })
}

function tunesThreads({ cputune, vcpuCpuset }: Domain): boolean {
  return cputune !== undefined || vcpuCpuset !== undefined
}

interface FoundThreads {
  readonly thread: ThreadKind
  readonly ids: readonly number[]
}

/** QEMU's threads, by what they do: those that are neither a vCPU nor an I/O thread are the emulator's own. */
export async function threadsOf(qmp: QmpClient, pid: number): Promise<readonly FoundThreads[]> {
  const vcpus = (await qmp.execute('query-cpus-fast')).map((one): FoundThreads => ({
    thread: { kind: 'vcpu', index: one['cpu-index'] },
    ids: [one['thread-id']],
  }))
  const iothreads = (await qmp.execute('query-iothreads')).flatMap((one): FoundThreads[] => {
    const index = /^iothread(\d+)$/.exec(one.id)?.[1]
    if (index === undefined) return []
    return [{ thread: { kind: 'iothread', index: Number(index) }, ids: [one['thread-id']] }]
  })
  const known = new Set([...vcpus, ...iothreads].flatMap(({ ids }) => ids))
  const others = readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .filter((id) => !known.has(id))
  // The others first: what they start from now on is in its place.
  return [{ thread: { kind: 'emulator' }, ids: others }, ...vcpus, ...iothreads]
}

async function refused(what: string, path: string, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw domainError('ERR_OPERATION_FAILED', `${what}: ${why}`, { path, cause })
  }
}
