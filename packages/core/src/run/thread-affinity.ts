import { formatCpuset } from '../domain/cpuset.ts'
import { domainError, printable } from '../errors.ts'

/** sched(7)'s policies that a thread may be given here. */
export type SchedulerPolicy = 'fifo' | 'rr' | 'idle' | 'batch'

/**
 * Sets the host CPUs of a thread with util-linux's taskset: Node cannot. An empty list is all.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` for CPUs that the host has not, at `path` of the document.
 */
export async function setAffinity(
  thread: number,
  cpus: readonly number[],
  path?: string,
): Promise<void> {
  const set = cpus.length === 0 ? '0-16383' : formatCpuset(cpus)
  await tell('taskset', ['-p', '-c', set, String(thread)], {
    what: `the CPUs ${set} cannot be set`,
    ...(path !== undefined && { path }),
  })
}

/**
 * Sets the scheduler of a thread with util-linux's chrt. `fifo` and `rr` take a priority of 1 to 99.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where this user may not, at `path` of the document.
 */
export async function setScheduler(
  thread: number,
  { policy, priority = 0 }: { readonly policy: SchedulerPolicy; readonly priority?: number },
  path?: string,
): Promise<void> {
  await tell('chrt', [`--${policy}`, '--pid', String(priority), String(thread)], {
    what: `the scheduler '${policy}' cannot be set`,
    ...(path !== undefined && { path }),
  })
}

async function tell(
  program: 'taskset' | 'chrt',
  args: readonly string[],
  { what, path }: { readonly what: string; readonly path?: string },
): Promise<void> {
  const { execa } = await import('execa')
  const result = await execa(program, args, { reject: false })
  if (result.exitCode === 0) return
  const why =
    result.code === 'ENOENT'
      ? `${program} is not installed; install it with: apt-get install util-linux`
      : printable(result.stderr.trim())
  throw domainError('ERR_OPERATION_FAILED', `${what}: ${why}`, {
    ...(path !== undefined && { path }),
  })
}
