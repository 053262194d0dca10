import type { Domain } from '../../domain/domain.ts'
import type { Problem } from '../../errors.ts'
import { cgroupBase, missingControllers } from '../../run/cgroup.ts'
import type { Controller } from '../../run/cgroup.ts'
import { cpuMax, groupSettings, mostWeight } from './group-settings.ts'

/** Controllers that a guest's limits may need, of those that are missing here. */
export function missingHere(): readonly Controller[] {
  const all = ['cpu', 'cpuset', 'io', 'memory'] as const
  const base = cgroupBase()
  return base === undefined ? all : missingControllers(base, all)
}

/**
 * Limits of a document that this host cannot set, and those it sets otherwise than they are written: a guest
 * runs without them, and that is said.
 */
export function missingLimits(
  domain: Domain,
  missing: () => readonly Controller[] = missingHere,
): readonly Problem[] {
  const wanted = [...groupSettings(domain, { deviceNumber: () => '0:0' }), ...threadQuotas(domain)]
  const lost = wanted.length === 0 ? [] : missing()
  const shares = domain.cputune?.shares ?? 0
  return [
    ...wanted
      .filter(({ controller, path }) => lost.includes(controller) && !isQemus(domain, path))
      .map(({ controller, path }) =>
        problem(
          path,
          `this host has no cgroup v2 with a controller '${controller}' that may be written here: the guest runs without this limit`,
        ),
      ),
    ...(shares > mostWeight
      ? [
          problem(
            'cputune/shares',
            `${shares} is more than the ${mostWeight} of cgroup v2: the guest gets ${mostWeight}`,
          ),
        ]
      : []),
  ]
}

/** Places of the limits that a change sets anew or takes away. */
export function changedLimits(before: Domain, after: Domain): ReadonlySet<string> {
  const said = (domain: Domain): ReadonlyMap<string, string> =>
    new Map(threadQuotas(domain).map(({ path, value }) => [path, value]))
  const [had, has] = [said(before), said(after)]
  const quotas = [...had.keys(), ...has.keys()].filter((path) => had.get(path) !== has.get(path))
  const group = groupSettings(after, { before, deviceNumber: () => '0:0' })
  return new Set([...quotas, ...group.map(({ path }) => path)])
}

function threadQuotas({ cputune: tune = {} }: Domain): readonly {
  readonly controller: Controller
  readonly path: string
  readonly value: string
}[] {
  const names = [
    ['quota', tune.quota, tune.period],
    ['emulator_quota', tune.emulatorQuota, tune.emulatorPeriod],
    ['iothread_quota', tune.iothreadQuota, tune.iothreadPeriod],
  ] as const
  return names.flatMap(([name, quota, period]) =>
    quota === undefined || quota <= 0
      ? []
      : [{ controller: 'cpu', path: `cputune/${name}`, value: cpuMax(quota, period) }],
  )
}

/** QEMU itself binds memory to nodes where it must be theirs. */
function isQemus({ numatune }: Domain, path: string): boolean {
  return path.startsWith('numatune') && numatune?.mode !== 'restrictive'
}

function problem(path: string, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path, message }
}
