import { readFileSync } from 'node:fs'
import { formatCpuset, parseCpuset } from '../../domain/cpuset.ts'
import type { Domain } from '../../domain/domain.ts'
import { DomainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'

/**
 * Looks at the host CPUs that a definition names, before anything is started: a thread needs at least one
 * that is there.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with every place that names none.
 */
export function checkCpus(
  { cputune: tune = {}, vcpuCpuset }: Domain,
  online: () => readonly number[] | undefined = onlineCpus,
): void {
  const sets: readonly (readonly [string, readonly number[] | undefined])[] = [
    ['vcpu/@cpuset', vcpuCpuset],
    ['cputune/emulatorpin/@cpuset', tune.emulatorpin],
    ...(tune.vcpupins ?? []).map(
      ({ cpuset }, i) => [`cputune/vcpupin[${i + 1}]/@cpuset`, cpuset] as const,
    ),
    ...(tune.iothreadpins ?? []).map(
      ({ cpuset }, i) => [`cputune/iothreadpin[${i + 1}]/@cpuset`, cpuset] as const,
    ),
  ]
  const wanted = sets.flatMap(([path, cpus]) => (cpus === undefined ? [] : [{ path, cpus }]))
  const there = wanted.length === 0 ? undefined : online()
  // A host that does not tell them is asked by the kernel's own answer.
  if (there === undefined) return
  const problems = wanted
    .filter(({ cpus }) => !cpus.some((cpu) => there.includes(cpu)))
    .map(({ path, cpus }): Problem => ({
      code: 'ERR_OPERATION_FAILED',
      path,
      message: `the host has no CPU of ${formatCpuset(cpus)}; online: ${formatCpuset(there)}`,
    }))
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}

function onlineCpus(): readonly number[] | undefined {
  try {
    return parseCpuset(readFileSync('/sys/devices/system/cpu/online', 'utf8').trim())
  } catch {
    return undefined
  }
}
