import { domainError, quote } from '../../errors.ts'
import type { DomainRecord } from '../../store/index.ts'

const wayOut = 'wait for its end, or end it (blockjob --pivot, blockjob --abort)'

/** What ends QEMU, or has it let go of all its images: a job that writes one would be lost, or in the way. */
const againstJobs: readonly string[] = ['migrate', 'save', 'snapshot-revert']

/** @throws DomainError `ERR_OPERATION_INVALID` where such work would meet a job on a disk. */
export function refuseUnderBlockJob(record: DomainRecord | undefined, kind: string): void {
  const [target] = Object.keys(record?.active?.facts.blockJobs ?? {})
  if (target === undefined || !againstJobs.includes(kind)) return
  throw domainError(
    'ERR_OPERATION_INVALID',
    `domain has active block job, on disk ${quote(target)}: ${wayOut}`,
  )
}

/** @throws DomainError `ERR_BLOCK_COPY_ACTIVE` where one of the disks has a job. */
export function refuseDisksWithJob(
  { active }: Pick<DomainRecord, 'active'>,
  targets: readonly string[],
): void {
  const jobs = active?.facts.blockJobs ?? {}
  const target = targets.find((one) => Object.hasOwn(jobs, one))
  if (target === undefined) return
  throw domainError(
    'ERR_BLOCK_COPY_ACTIVE',
    `disk ${quote(target)} already in active block job: ${wayOut}`,
  )
}
