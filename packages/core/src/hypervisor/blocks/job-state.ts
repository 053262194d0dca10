import type { QmpClient } from '../../qmp/index.ts'
import { array, number, object, optional, string } from '../../qmp/shape.ts'
import type { BlockJobInfo } from '../interface/blocks.ts'
import type { JobProgress } from '../interface/saving.ts'

/** QAPI's `JobInfo`, and what only block jobs say. */
export interface QemuJob {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly 'current-progress': number
  readonly 'total-progress': number
  readonly error?: string
}

const qemuJobs = array(
  object<QemuJob>({
    id: string,
    type: string,
    status: string,
    'current-progress': number,
    'total-progress': number,
    error: optional(string),
  }),
)

const blockJobs = array(
  object<{ readonly device: string; readonly speed: number }>({ device: string, speed: number }),
)

/** Every job that QEMU does, or has done and still tells of. */
export function queryJobs(qmp: QmpClient): Promise<readonly QemuJob[]> {
  return qmp.ask('query-jobs', qemuJobs)
}

export const jobKinds = ['pull', 'copy', 'commit', 'active-commit'] as const

/** The job of a disk: it is named after it, so that whoever comes later finds it. */
export function jobId(kind: BlockJobInfo['type'], target: string): string {
  return `polyvirt-${kind}-${target}`
}

export async function jobOf(
  qmp: QmpClient,
  target: string,
): Promise<{ readonly job: QemuJob; readonly kind: BlockJobInfo['type'] } | undefined> {
  const jobs = await queryJobs(qmp)
  for (const kind of jobKinds) {
    const job = jobs.find(({ id }) => id === jobId(kind, target))
    if (job !== undefined) return { job, kind }
  }
  return undefined
}

/** How far work is whose bytes are counted. */
export function partDone(
  kind: string,
  { processedBytes, totalBytes }: { readonly processedBytes: number; readonly totalBytes: number },
  elapsedMs: number,
): JobProgress {
  const remainingBytes = totalBytes - processedBytes
  return { kind, processedBytes, remainingBytes, totalBytes, elapsedMs }
}

/** The speed of a job that runs. */
export async function speedOf(qmp: QmpClient, id: string): Promise<number> {
  const list = await qmp.ask('query-block-jobs', blockJobs)
  return list.find(({ device }) => device === id)?.speed ?? 0
}

export function infoOf(
  target: string,
  kind: BlockJobInfo['type'],
  { job, speedBytes }: { readonly job: QemuJob; readonly speedBytes: number },
): BlockJobInfo {
  const status =
    job.status === 'ready' || job.status === 'standby'
      ? 'ready'
      : job.status === 'paused'
        ? 'paused'
        : job.status === 'concluded'
          ? 'concluded'
          : 'running'
  return {
    disk: target,
    type: kind,
    processedBytes: job['current-progress'],
    totalBytes: job['total-progress'],
    speedBytes,
    status,
    ...(job.error !== undefined && { error: job.error }),
  }
}

/** How far several jobs are together, in bytes. */
export function bytesOf(jobs: readonly QemuJob[]): {
  readonly processedBytes: number
  readonly totalBytes: number
} {
  const sum = (of: (job: QemuJob) => number): number => jobs.reduce((all, job) => all + of(job), 0)
  return {
    processedBytes: sum((job) => job['current-progress']),
    totalBytes: sum((job) => job['total-progress']),
  }
}
