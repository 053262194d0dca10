import type { Domain } from '../../domain/domain.ts'
import { inLanes } from '../../in-lanes.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { number, object, optional, string } from '../../qmp/shape.ts'
import type { DomainRecord } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { statsGroups } from '../interface/statistics.ts'
import type { DomainStatsRecord, StatsGroup, StatsOptions } from '../interface/statistics.ts'
import { stateIn } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { askMs } from './ask.ts'
import { storedSizes } from './block-info.ts'
import { liveBlockValues, storedBlockValues } from './block-values.ts'
import { cardStats } from './interface-stats.ts'
import { readMemoryStats } from './memory-stats.ts'
import { haltPollNs, threadStats } from './process-stats.ts'
import { stateNumbers } from './state-numbers.ts'
import { readVcpus } from './vcpus.ts'

type Values = Record<string, number | string | boolean>

interface Source {
  readonly record: DomainRecord
  readonly domain: Domain
  readonly pid: number
  /** Whether images below those in use are wanted. */
  readonly backing: boolean
}

type Group = (source: Source, qmp: QmpClient) => Promise<Values>

/** What each group asks of a QEMU; those without questions are told without it. */
const groups: { readonly [K in Exclude<StatsGroup, 'state' | 'cpu-total' | 'interface'>]: Group } =
  {
    balloon: async ({ domain, pid }, qmp) => {
      const stats = await readMemoryStats(qmp, domain, pid)
      return {
        'balloon.current': stats.actualKiB,
        'balloon.maximum': domain.memoryKiB ?? 0,
        'balloon.last-update': stats.lastUpdate ?? 0,
        'balloon.rss': stats.rssKiB,
        ...(stats.unusedKiB !== undefined && { 'balloon.unused': stats.unusedKiB }),
        ...(stats.availableKiB !== undefined && { 'balloon.available': stats.availableKiB }),
        ...(stats.usableKiB !== undefined && { 'balloon.usable': stats.usableKiB }),
      }
    },
    vcpu: async ({ domain, pid }, qmp) => {
      const list = await readVcpus(qmp, domain, pid)
      const values: Values = {
        'vcpu.current': list.filter(({ state }) => state !== 'offline').length,
        'vcpu.maximum': list.length,
      }
      for (const { vcpu, state, ...times } of list) {
        if (state === 'offline') continue
        // VIR_VCPU_RUNNING and VIR_VCPU_BLOCKED.
        values[`vcpu.${vcpu}.state`] = state === 'running' ? 1 : 2
        values[`vcpu.${vcpu}.time`] = times.cpuTimeNs ?? 0
        values[`vcpu.${vcpu}.wait`] = times.waitNs ?? 0
        values[`vcpu.${vcpu}.delay`] = times.delayNs ?? 0
      }
      return values
    },
    block: ({ domain, backing }, qmp) => liveBlockValues(qmp, domain.devices.disk ?? [], backing),
    iothread: async (_, qmp) => {
      const threads = await qmp.execute('query-iothreads')
      const values: Values = { 'iothread.count': threads.length }
      for (const { id, ...polling } of threads) {
        const number = id.replace(/^iothread/, '')
        for (const key of ['poll-max-ns', 'poll-grow', 'poll-shrink'] as const)
          values[`iothread.${number}.${key}`] = polling[key] ?? 0
      }
      return values
    },
    dirtyrate: async (_, qmp) => {
      const rate = await qmp.ask('query-dirty-rate', dirtyRate)
      return {
        'dirtyrate.calc_status': Math.max(0, dirtyRateStates.indexOf(rate.status)),
        'dirtyrate.calc_start_time': rate['start-time'],
        'dirtyrate.calc_period': rate['calc-time'],
        'dirtyrate.calc_mode': rate.mode ?? 'page-sampling',
        ...(rate['dirty-rate'] !== undefined && {
          'dirtyrate.megabytes_per_second': rate['dirty-rate'],
        }),
      }
    },
  }

interface DirtyRate {
  readonly status: string
  readonly 'start-time': number
  readonly 'calc-time': number
  readonly mode?: string
  readonly 'dirty-rate'?: number
}

const dirtyRate = object<DirtyRate>({
  status: string,
  'start-time': number,
  'calc-time': number,
  mode: optional(string),
  'dirty-rate': optional(number),
})

/** QEMU's words in the order of libvirt's `virDomainDirtyRateStatus`. */
const dirtyRateStates: readonly string[] = ['unstarted', 'measuring', 'measured']

/** One record a domain; a QEMU that does not answer costs its own record some groups, no more. */
export async function allDomainStats(
  rooms: Rooms,
  { domains, groups: wanted = statsGroups, active, ...options }: StatsOptions,
): Promise<readonly DomainStatsRecord[]> {
  await rooms.liveness.refresh()
  const records =
    domains === undefined
      ? rooms.store.list()
      : await Promise.all(domains.map((reference) => rooms.find(reference)))
  const chosen = records.filter(
    (record) => active === undefined || active === (record.active !== undefined),
  )
  const told = new Map<DomainRecord, DomainStatsRecord>()
  const look = async (record: DomainRecord): Promise<void> => {
    told.set(record, await statsOf(rooms, record, { wanted, options }))
  }
  const [on, off] = [true, false].map((isOn) =>
    chosen.filter((record) => (record.active !== undefined) === isOn),
  )
  // Each of the first may wait for its QEMU, and each of the others for a program of its own.
  await Promise.all([inLanes(on ?? [], looks, look), inLanes(off ?? [], programs, look)])
  return chosen.flatMap((record) => told.get(record) ?? [])
}

/** Guests that are asked at once, and programs that run at once. */
const [looks, programs] = [64, 4]

interface Wanted {
  readonly wanted: readonly StatsGroup[]
  readonly options: StatsOptions
}

async function statsOf(
  rooms: Rooms,
  record: DomainRecord,
  { wanted, options }: Wanted,
): Promise<DomainStatsRecord> {
  const { active } = record
  const { domain } = parseDomain(active?.xml ?? record.domain.xml ?? '')
  const { backing = false, ...ask } = options
  const source: Source = { record, domain, pid: active?.process.pid ?? 0, backing }
  const told = new Map<StatsGroup, Values>(wanted.map((group) => [group, known(group, source)]))
  if (active === undefined && wanted.includes('block'))
    told.set('block', await storedBlockValues(domain.devices.disk ?? [], storedSizes))
  const questions = wanted.filter((group) => group in groups) as (keyof typeof groups)[]
  const missing: StatsGroup[] = []
  if (active !== undefined && questions.length > 0) {
    const left = new Set<StatsGroup>(questions)
    await rooms
      .ask(
        { ...record, active },
        async (qmp) => {
          for (const group of questions) {
            told.set(group, await groups[group](source, qmp))
            left.delete(group)
          }
        },
        { timeoutMs: askMs, ...ask },
      )
      .catch(() => undefined)
    missing.push(...left)
  }
  const { name, uuid } = record.domain
  const ordered = statsGroups.map((group) => told.get(group) ?? {})
  return {
    domain: { name, uuid, ...(active !== undefined && { id: active.id }) },
    stats: Object.assign({}, ...ordered) as Values,
    missing,
  }
}

/** What is known without asking QEMU. */
function known(group: StatsGroup, { record, domain, pid }: Source): Values {
  const isActive = record.active !== undefined
  switch (group) {
    case 'state': {
      const { state, reason } = stateNumbers(stateIn(record))
      return { 'state.state': state, 'state.reason': reason }
    }
    case 'cpu-total': {
      const stats = isActive ? threadStats(pid) : undefined
      if (stats === undefined) return {}
      return {
        'cpu.time': stats.cpuTimeNs,
        'cpu.user': stats.userTimeNs,
        'cpu.system': stats.systemTimeNs,
        // No group of a guest is watched by resctrl, and without KVM nothing polls for a halt.
        'cpu.cache.monitor.count': 0,
        ...haltPolling(domain, pid),
      }
    }
    case 'interface':
      return isActive ? cards(domain) : {}
    case 'balloon':
      return {
        'balloon.current': domain.currentMemoryKiB ?? domain.memoryKiB ?? 0,
        'balloon.maximum': domain.memoryKiB ?? 0,
      }
    case 'vcpu':
      return { 'vcpu.current': domain.vcpuCurrent ?? domain.vcpus, 'vcpu.maximum': domain.vcpus }
    default:
      return {}
  }
}

/** Time spent polling before a vCPU halts, of all vCPUs; debugfs has it, for root. */
function haltPolling({ type }: Domain, pid: number): Values {
  const [success, fail] = type === 'kvm' ? haltPollNs(pid) : [0, 0]
  return { 'cpu.haltpoll.success.time': success, 'cpu.haltpoll.fail.time': fail }
}

function cards({ devices }: Domain): Values {
  const list = devices.interface ?? []
  const values: Values = { 'net.count': list.length }
  for (const [i, card] of list.entries()) {
    const stats = cardStats(card)
    if (card.target !== undefined) values[`net.${i}.name`] = card.target
    if (stats === undefined) continue
    values[`net.${i}.rx.bytes`] = stats.rxBytes
    values[`net.${i}.rx.pkts`] = stats.rxPackets
    values[`net.${i}.rx.errs`] = stats.rxErrors
    values[`net.${i}.rx.drop`] = stats.rxDrops
    values[`net.${i}.tx.bytes`] = stats.txBytes
    values[`net.${i}.tx.pkts`] = stats.txPackets
    values[`net.${i}.tx.errs`] = stats.txErrors
    values[`net.${i}.tx.drop`] = stats.txDrops
  }
  return values
}
