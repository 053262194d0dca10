import type { Domain, VirtType } from '../../domain/domain.ts'
import type { Vcpu } from '../../domain/tuning.ts'
import { domainError } from '../../errors.ts'
import type { HotpluggableCpu } from '../../qmp/commands.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { SetVcpusOptions } from '../interface/tuning.ts'
import type { Rooms } from '../rooms.ts'
import { tuneNew } from '../tuning/tune-new.ts'
import { changeDomain } from './change-domain.ts'
import { unplug } from './unplug.ts'

/** What the machine plugs in and out as one: a thread, or a whole core. */
export interface CpuUnit {
  /** Number of its first vCPU. */
  readonly first: number
  readonly count: number
  readonly online: boolean
  /** Its device, where it can be unplugged again. */
  readonly alias?: string
  readonly type: string
  readonly props: Readonly<Record<string, unknown>>
}

/** Units of a machine in the order of their vCPUs: QEMU lists the last one first. */
export function cpuUnits(list: readonly HotpluggableCpu[]): readonly CpuUnit[] {
  let first = 0
  return list.toReversed().map((one): CpuUnit => {
    const path = one['qom-path']
    const alias = path === undefined ? undefined : /^\/machine\/peripheral\/(.+)$/.exec(path)?.[1]
    const unit: CpuUnit = {
      first,
      count: one['vcpus-count'],
      online: path !== undefined,
      ...(alias !== undefined && { alias }),
      type: one.type,
      props: one.props,
    }
    first += unit.count
    return unit
  })
}

const online = (domain: Domain): number => domain.vcpuCurrent ?? domain.vcpus

/** How many vCPUs a definition says, without a list of which ones. */
function withCount(domain: Domain, count: number): Domain {
  const { vcpuCurrent: _, vcpuList: __, ...rest } = domain
  return count === domain.vcpus ? rest : { ...rest, vcpuCurrent: count }
}

/**
 * A running guest's vCPUs, each with whether it was there at the start: a guest that is put away and
 * taken up again starts with those, and the others are plugged in, for devices count them.
 */
function withOnline(domain: Domain, enabled: ReadonlySet<number>): Domain {
  const list = domain.vcpuList ?? []
  const fixed = list.filter((one) => one.enabled && one.hotpluggable !== true)
  const first = list.length > 0 ? fixed.length : online(domain)
  const vcpuList = Array.from({ length: domain.vcpus }, (_, id): Vcpu => {
    const known = list.find((one) => one.id === id)
    return { id, enabled: enabled.has(id), hotpluggable: known?.hotpluggable ?? id >= first }
  })
  const counted = withCount(domain, enabled.size)
  const isAsStarted = vcpuList.every((one) => one.enabled !== one.hotpluggable)
  return isAsStarted ? counted : { ...counted, vcpuList }
}

/** The vCPUs that are plugged in, by their numbers. */
export function onlineIn(domain: Domain): ReadonlySet<number> {
  const list = domain.vcpuList ?? []
  if (list.length === 0) return new Set(Array.from({ length: online(domain) }, (_, i) => i))
  return new Set(list.filter((one) => one.enabled).map(({ id }) => id))
}

/** The set after a change to so many: the lowest that are missing come, the highest go. */
function resized(domain: Domain, count: number): ReadonlySet<number> {
  const all = Array.from({ length: domain.vcpus }, (_, i) => i)
  const now = onlineIn(domain)
  if (count >= now.size) {
    const missing = all.filter((id) => !now.has(id)).slice(0, count - now.size)
    return new Set([...now, ...missing])
  }
  const removable = new Set(
    (domain.vcpuList ?? []).filter((one) => one.hotpluggable === true).map(({ id }) => id),
  )
  const gone = [...now]
    .toSorted((a, b) => b - a)
    .filter((id) => removable.has(id))
    .slice(0, now.size - count)
  return new Set([...now].filter((id) => !gone.includes(id)))
}

/** Plugs in the vCPUs that a definition wants one by one, before the guest runs. */
export async function plugVcpus(qmp: QmpClient, { vcpuList = [] }: Domain): Promise<void> {
  const wanted = new Set(
    vcpuList.filter((one) => one.enabled && one.hotpluggable === true).map(({ id }) => id),
  )
  if (wanted.size === 0) return
  const units = cpuUnits(await qmp.execute('query-hotpluggable-cpus'))
  const meant = units.filter(({ first, online: here }) => !here && wanted.has(first))
  const covered = meant.reduce((sum, { count }) => sum + count, 0)
  if (covered !== wanted.size) {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `vCPUs are plugged in as the machine has them, in units of ${units[0]?.count ?? 1}; <vcpus> asks for others`,
      { path: 'vcpus' },
    )
  }
  for (const unit of meant) await plugUnit(qmp, unit)
}

export function setVcpus(
  rooms: Rooms,
  reference: string,
  { count, ...options }: SetVcpusOptions & { readonly count: number },
): Promise<void> {
  if (!Number.isInteger(count) || count < 1)
    throw domainError('ERR_INVALID_ARG', `${count} is not a number of vCPUs`)
  if (options.maximum === true) return setMaximum(rooms, reference, { count, ...options })
  return changeDomain(rooms, reference, {
    kind: 'setvcpus',
    trace: { vcpus: true },
    target: options,
    check(domain, isLive) {
      if (count <= domain.vcpus) return
      const which = isLive ? 'live' : 'persistent'
      throw domainError(
        'ERR_INVALID_ARG',
        `requested vcpus is greater than max allowable vcpus for the ${which} domain: ${count} > ${domain.vcpus}`,
      )
    },
    edit: (domain, isLive) =>
      isLive ? withOnline(domain, resized(domain, count)) : withCount(domain, count),
    perform: async (qmp, live, running) => {
      const units = cpuUnits(await qmp.execute('query-hotpluggable-cpus'))
      await bringTo(qmp, units, { count, type: live.type, ...options })
      await tuneNew(qmp, live, running)
    },
  })
}

function setMaximum(
  rooms: Rooms,
  reference: string,
  { count, ...options }: SetVcpusOptions & { readonly count: number },
): Promise<void> {
  if (options.live === true) {
    throw domainError(
      'ERR_INVALID_ARG',
      'maximum vcpu count of a live domain cannot be modified: use --config',
    )
  }
  return changeDomain(rooms, reference, {
    kind: 'setvcpus',
    target: { ...options, config: true },
    edit: (domain) => {
      const { vcpuCurrent: _, vcpuList: __, ...rest } = domain
      const current = Math.min(count, online(domain))
      return { ...rest, vcpus: count, ...(current < count && { vcpuCurrent: current }) }
    },
  })
}

interface BringTo extends SetVcpusOptions {
  readonly count: number
  readonly type: VirtType
}

/** Plugs units in from the first that is missing, or out from the last that can go. */
async function bringTo(
  qmp: QmpClient,
  units: readonly CpuUnit[],
  { count, ...options }: BringTo,
): Promise<void> {
  const have = units.filter((unit) => unit.online).reduce((sum, unit) => sum + unit.count, 0)
  const chosen =
    count > have
      ? pick(
          units.filter((unit) => !unit.online),
          count - have,
        )
      : pick(units.filter((unit) => unit.alias !== undefined).toReversed(), have - count)
  if (chosen === undefined) {
    const size = units[0]?.count ?? 1
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      size > 1
        ? `this machine plugs whole cores of ${size} vCPUs; from ${have}, ${count} is not reached by them`
        : `${count} vCPUs are not reached: those that the guest started with cannot be unplugged; use --config`,
    )
  }
  await switchUnits(qmp, chosen, { enabled: count > have, ...options })
}

/** Units that together have exactly so many vCPUs; nothing where no beginning of the list has. */
function pick(units: readonly CpuUnit[], vcpus: number): readonly CpuUnit[] | undefined {
  const chosen: CpuUnit[] = []
  let left = vcpus
  for (const unit of units) {
    if (left === 0) break
    chosen.push(unit)
    left -= unit.count
  }
  return left === 0 ? chosen : undefined
}

interface SwitchOptions extends SetVcpusOptions {
  readonly enabled: boolean
  readonly type: VirtType
}

/**
 * A QEMU before 9.1 keeps the address space of a vCPU that is gone: under TCG it dies of it at the next
 * change of the guest's memory map, such as a device that is plugged in.
 *
 * @throws DomainError `ERR_OPERATION_UNSUPPORTED`
 */
function checkUnplug(qmp: QmpClient, type: VirtType): void {
  const { major, minor } = qmp.version.qemu
  if (type !== 'qemu' || major > 9 || (major === 9 && minor >= 1)) return
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `this QEMU (${major}.${minor}) would crash later when a vCPU is unplugged under TCG; it can be done with QEMU 9.1, with KVM, in the definition (--config), or inside the guest (setvcpus --guest)`,
  )
}

/** Where one unit cannot be switched, those before it are switched back. */
async function switchUnits(
  qmp: QmpClient,
  units: readonly CpuUnit[],
  { enabled, type, ...options }: SwitchOptions,
): Promise<void> {
  if (!enabled && units.length > 0) checkUnplug(qmp, type)
  const done: CpuUnit[] = []
  try {
    for (const unit of units) {
      if (enabled) await plugUnit(qmp, unit)
      else await unplug(qmp, unit.alias ?? '', options)
      done.push(unit)
    }
  } catch (error) {
    for (const unit of done.toReversed()) {
      const back = enabled ? unplug(qmp, aliasOf(unit), options) : plugUnit(qmp, unit)
      await back.catch(() => undefined)
    }
    throw error
  }
}

const aliasOf = ({ first }: CpuUnit): string => `vcpu${first}`

/** Plugs one unit in. */
export function plugUnit(qmp: QmpClient, unit: CpuUnit): Promise<unknown> {
  return qmp.execute('device_add', { driver: unit.type, id: aliasOf(unit), ...unit.props })
}

/** Plugs certain vCPUs in or out: whole units, each named completely. */
export async function setVcpu(
  rooms: Rooms,
  reference: string,
  {
    vcpus,
    enabled,
    ...options
  }: SetVcpusOptions & { readonly vcpus: readonly number[]; readonly enabled: boolean },
): Promise<void> {
  const wanted = new Set(vcpus)
  const change = (domain: Domain): number =>
    Math.min(domain.vcpus, Math.max(1, online(domain) + (enabled ? wanted.size : -wanted.size)))
  return changeDomain(rooms, reference, {
    kind: 'setvcpu',
    trace: { vcpus: true },
    target: options,
    check(domain, isLive) {
      const beyond = vcpus.find((vcpu) => vcpu >= domain.vcpus)
      if (beyond !== undefined)
        throw domainError('ERR_INVALID_ARG', `vCPU ${beyond} is not present in the domain`)
      if (!isLive && wanted.has(0)) throw domainError('ERR_INVALID_ARG', `vCPU 0 can't be modified`)
    },
    edit(domain, isLive) {
      if (!isLive) return withCount(domain, change(domain))
      const now = onlineIn(domain)
      const next = enabled ? [...now, ...wanted] : [...now].filter((id) => !wanted.has(id))
      return withOnline(domain, new Set(next))
    },
    perform: async (qmp, live, running) => {
      const { type } = live
      const units = cpuUnits(await qmp.execute('query-hotpluggable-cpus'))
      const meant = units.filter(({ first, count }) =>
        Array.from({ length: count }, (_, i) => first + i).some((vcpu) => wanted.has(vcpu)),
      )
      for (const unit of meant) checkUnit(unit, wanted, enabled)
      await switchUnits(qmp, meant, { enabled, type, ...options })
      await tuneNew(qmp, live, running)
    },
  })
}

function checkUnit(unit: CpuUnit, wanted: ReadonlySet<number>, enabled: boolean): void {
  const { first, count } = unit
  const last = first + count - 1
  const all = Array.from({ length: count }, (_, i) => first + i).every((vcpu) => wanted.has(vcpu))
  const wrong = !all
    ? `vCPUs ${first} to ${last} are one core and go together`
    : unit.online === enabled
      ? `vCPU ${first} is already in the requested state`
      : !enabled && unit.alias === undefined
        ? `vCPU ${first} can't be hotunplugged: the guest started with it`
        : undefined
  if (wrong !== undefined) throw domainError('ERR_INVALID_ARG', wrong)
}
