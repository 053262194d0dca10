import { statSync } from 'node:fs'
import type { Domain } from '../../domain/domain.ts'
import type { BlkioDevice } from '../../domain/tuning.ts'
import { domainError, quote } from '../../errors.ts'
import type { Controller, GroupSetting } from '../../run/cgroup.ts'

/** A limit of a guest as a whole: where the document says it, and the files it is written to. */
export interface GroupLimit extends GroupSetting {
  /** Place in the document. */
  readonly path: string
}

/** Most of `cpu.weight` and `io.weight`, and what a group has that was given none: kernel, cgroup-v2.rst. */
export const mostWeight = 10_000
const plainWeight = '100'

/** A period of the kernel's own, in microseconds. */
const plainPeriod = 100_000

export interface GroupContext {
  /** A limit that the configuration sets for every guest, in KiB. */
  readonly memoryMaxKiB?: number
  /** The limits until now: what is not wanted any more is taken back. */
  readonly before?: Domain
  /** `MAJOR:MINOR` of a block device; asked of the host where it is left out. */
  readonly deviceNumber?: (path: string) => string
}

/**
 * What a document's `<cputune>`, `<memtune>`, `<blkiotune>` and `<numatune>` ask of the guest's control group.
 * The weights are the kernel's own, as libvirt writes them on a host with cgroup v2.
 */
export function groupSettings(domain: Domain, context: GroupContext = {}): readonly GroupLimit[] {
  const { before } = context
  const found: GroupLimit[] = []
  const set = (
    path: string,
    { controller, files, none }: Omit<GroupSetting, 'value'> & { readonly none: string },
    ask: (of: Domain) => string | undefined,
  ): void => {
    const wanted = ask(domain)
    const had = before && ask(before)
    if (wanted === had && before !== undefined) return
    const value = wanted ?? (had === undefined ? undefined : none)
    if (value !== undefined) found.push({ path, controller, files, value })
  }
  set(
    'cputune/shares',
    { controller: 'cpu', files: ['cpu.weight'], none: plainWeight },
    ({ cputune: { shares } = {} }) =>
      shares === undefined ? undefined : String(Math.min(mostWeight, Math.max(1, shares))),
  )
  set(
    'cputune/global_quota',
    { controller: 'cpu', files: ['cpu.max'], none: cpuMax() },
    ({ cputune }) => given(cputune?.globalQuota, cputune?.globalPeriod),
  )
  const most = bytes(context.memoryMaxKiB) ?? 'max'
  set(
    'memtune/hard_limit',
    { controller: 'memory', files: ['memory.max'], none: most },
    ({ memtune }) => bytes(least(limit(memtune?.hardLimitKiB), context.memoryMaxKiB)),
  )
  set(
    'memtune/soft_limit',
    { controller: 'memory', files: ['memory.high'], none: 'max' },
    ({ memtune }) => bytes(limit(memtune?.softLimitKiB)),
  )
  set(
    'memtune/swap_hard_limit',
    { controller: 'memory', files: ['memory.swap.max'], none: 'max' },
    // The document counts memory and swap together, the kernel swap alone.
    ({ memtune }) => {
      const both = limit(memtune?.swapHardLimitKiB)
      return both === undefined
        ? undefined
        : bytes(Math.max(0, both - (limit(memtune?.hardLimitKiB) ?? 0)))
    },
  )
  set(
    'blkiotune/weight',
    { controller: 'io', files: ['io.bfq.weight', 'io.weight'], none: `default ${plainWeight}` },
    ({ blkiotune: { weight } = {} }) => (weight === undefined ? undefined : `default ${weight}`),
  )
  set(
    'numatune/memory/@nodeset',
    { controller: 'cpuset', files: ['cpuset.mems'], none: '\n' },
    ({ numatune: { mode = 'strict', nodeset } = {} }) =>
      nodeset !== undefined && (mode === 'strict' || mode === 'restrictive')
        ? nodeset.join(',')
        : undefined,
  )
  return [...found, ...deviceSettings(domain, context)]
}

/** Limits of one block device each: the kernel names it by its numbers. */
function deviceSettings(
  { blkiotune }: Domain,
  { before, deviceNumber: numberOf = deviceNumber }: GroupContext,
): readonly GroupLimit[] {
  const now = blkiotune?.devices ?? []
  const had = before?.blkiotune?.devices ?? []
  const gone = had.filter(({ path }) => !now.some((one) => one.path === path))
  const all = [...now, ...gone.map(({ path }): BlkioDevice => ({ path }))]
  return all.flatMap((device, i): readonly GroupLimit[] => {
    const old = had.find(({ path }) => path === device.path)
    if (before !== undefined && JSON.stringify(old) === JSON.stringify(device)) return []
    const path = `blkiotune/device[${i + 1}]`
    const number = numberOf(device.path)
    const limits = [
      `rbps=${device.readBytesSec || 'max'}`,
      `wbps=${device.writeBytesSec || 'max'}`,
      `riops=${device.readIopsSec || 'max'}`,
      `wiops=${device.writeIopsSec || 'max'}`,
    ]
    const isLimited = limits.some((one) => !one.endsWith('max'))
    const weight = device.weight ?? (old?.weight === undefined ? undefined : Number(plainWeight))
    return [
      ...(isLimited || old !== undefined
        ? [{ path, ...io, files: ['io.max'] as const, value: `${number} ${limits.join(' ')}` }]
        : []),
      ...(weight === undefined
        ? []
        : [
            {
              path: `${path}/weight`,
              ...io,
              files: ['io.bfq.weight', 'io.weight'] as const,
              value: `${number} ${weight}`,
            },
          ]),
    ]
  })
}

const io = { controller: 'io' } as const satisfies { readonly controller: Controller }

/** `cpu.max`: so many microseconds in each period; a negative quota, or 0, is none. */
export function cpuMax(quota: number = -1, period: number = plainPeriod): string {
  return `${quota > 0 ? quota : 'max'} ${period > 0 ? period : plainPeriod}`
}

/** `cpu.max` of what is written, or nothing where nothing is. */
export function given(quota: number | undefined, period: number | undefined): string | undefined {
  return quota === undefined && period === undefined ? undefined : cpuMax(quota, period)
}

/** libvirt's number for no limit at all, in KiB: `VIR_DOMAIN_MEMORY_PARAM_UNLIMITED`. */
const unlimitedKiB = 9_007_199_254_740_991

function limit(kib: number | undefined): number | undefined {
  return kib === undefined || kib >= unlimitedKiB ? undefined : kib
}

function least(...values: readonly (number | undefined)[]): number | undefined {
  // What nobody wrote is no limit; the configuration's alone is set when the group is made.
  const [own, ...others] = values
  return own === undefined ? undefined : Math.min(own, ...others.map((one) => one ?? Infinity))
}

function bytes(kib: number | undefined): string | undefined {
  return kib === undefined ? undefined : String(BigInt(kib) * 1024n)
}

/**
 * `MAJOR:MINOR`, as the kernel names a block device.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the path is none.
 */
export function deviceNumber(path: string): string {
  const shown = quote(path, 200)
  let stat
  try {
    stat = statSync(path)
  } catch (cause) {
    throw domainError('ERR_OPERATION_FAILED', `${shown} of <blkiotune> cannot be looked at`, {
      path: 'blkiotune/device/path',
      cause,
    })
  }
  if (!stat.isBlockDevice())
    throw domainError('ERR_OPERATION_FAILED', `${shown} of <blkiotune> is no block device`, {
      path: 'blkiotune/device/path',
    })
  // Linux's encoding of a device number: gnu_dev_major(3).
  const major = ((stat.rdev >> 8) & 0xfff) | 0
  const minor = (stat.rdev & 0xff) | ((stat.rdev >> 12) & 0xfff00)
  return `${major}:${minor}`
}
