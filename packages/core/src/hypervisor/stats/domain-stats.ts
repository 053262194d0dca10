import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { DomainRecord } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { DomainStateName } from '../hypervisor.ts'
import { statsGroups } from '../interface/statistics.ts'
import type { DomainStatsRecord, StatsGroup, StatsOptions } from '../interface/statistics.ts'
import { stateIn } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { askMs } from './ask.ts'
import { readBlockStats } from './block-info.ts'
import { cardStats } from './interface-stats.ts'
import { readMemoryStats } from './memory-stats.ts'
import { affinityOf, threadStats } from './process-stats.ts'
import { readVcpus } from './vcpus.ts'

type Values = Record<string, number | string | boolean>

/** libvirt's numbers of states (`virDomainState`), as domstats prints them. */
const stateNumbers: Readonly<Record<DomainStateName, number>> = {
  'no state': 0,
  running: 1,
  idle: 2,
  paused: 3,
  'in shutdown': 4,
  'shut off': 5,
  crashed: 6,
  pmsuspended: 7,
}

interface Source {
  readonly record: DomainRecord
  readonly domain: Domain
  readonly pid: number
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
        'balloon.rss': stats.rssKiB,
        ...(stats.unusedKiB !== undefined && { 'balloon.unused': stats.unusedKiB }),
        ...(stats.availableKiB !== undefined && { 'balloon.available': stats.availableKiB }),
        ...(stats.usableKiB !== undefined && { 'balloon.usable': stats.usableKiB }),
        ...(stats.lastUpdate !== undefined && { 'balloon.last-update': stats.lastUpdate }),
      }
    },
    vcpu: async ({ domain, pid }, qmp) => {
      const list = await readVcpus(qmp, domain, pid)
      const values: Values = {
        'vcpu.current': list.filter(({ state }) => state !== 'offline').length,
        'vcpu.maximum': list.length,
      }
      for (const { vcpu, state, cpuTimeNs = 0 } of list) {
        if (state === 'offline') continue
        values[`vcpu.${vcpu}.state`] = state === 'running' ? 1 : 2
        values[`vcpu.${vcpu}.time`] = cpuTimeNs
      }
      return values
    },
    block: async ({ domain }, qmp) => {
      const disks = domain.devices.disk ?? []
      const stats = readBlockStats(await qmp.execute('query-blockstats'))
      const values: Values = { 'block.count': disks.length }
      for (const [i, { target, alias = '', source }] of disks.entries()) {
        const path = source?.file ?? source?.dev
        const own = stats.get(alias)
        values[`block.${i}.name`] = target
        if (path !== undefined) values[`block.${i}.path`] = path
        if (own === undefined) continue
        values[`block.${i}.rd.reqs`] = own.readRequests
        values[`block.${i}.rd.bytes`] = own.readBytes
        values[`block.${i}.rd.times`] = own.readTimeNs
        values[`block.${i}.wr.reqs`] = own.writeRequests
        values[`block.${i}.wr.bytes`] = own.writeBytes
        values[`block.${i}.wr.times`] = own.writeTimeNs
        values[`block.${i}.fl.reqs`] = own.flushRequests
        values[`block.${i}.fl.times`] = own.flushTimeNs
      }
      return values
    },
    iothread: async ({ pid }, qmp) => {
      const threads = await qmp.execute('query-iothreads')
      const values: Values = { 'iothread.count': threads.length }
      for (const { id, 'thread-id': thread } of threads) {
        const number = id.replace(/^iothread/, '')
        values[`iothread.${number}.time`] = threadStats(pid, thread)?.cpuTimeNs ?? 0
        values[`iothread.${number}.cpus`] = affinityOf(pid, thread).length
      }
      return values
    },
  }

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
  return Promise.all(chosen.map((record) => statsOf(rooms, record, { wanted, options })))
}

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
  const source: Source = { record, domain, pid: active?.process.pid ?? 0 }
  const stats: Values = {}
  for (const group of wanted) Object.assign(stats, known(group, source))
  const questions = wanted.filter((group) => group in groups) as (keyof typeof groups)[]
  const missing: StatsGroup[] = []
  if (active !== undefined && questions.length > 0) {
    const left = new Set<StatsGroup>(questions)
    await rooms
      .ask(
        { ...record, active },
        async (qmp) => {
          for (const group of questions) {
            Object.assign(stats, await groups[group](source, qmp))
            left.delete(group)
          }
        },
        { timeoutMs: askMs, ...options },
      )
      .catch(() => undefined)
    missing.push(...left)
  }
  const { name, uuid } = record.domain
  return {
    domain: { name, uuid, ...(active !== undefined && { id: active.id }) },
    stats,
    missing,
  }
}

/** What is known without asking QEMU. */
function known(group: StatsGroup, { record, domain, pid }: Source): Values {
  const isActive = record.active !== undefined
  switch (group) {
    case 'state': {
      const { state, reason } = stateIn(record)
      return { 'state.state': stateNumbers[state], 'state.reason': reason }
    }
    case 'cpu-total': {
      const stats = isActive ? threadStats(pid) : undefined
      if (stats === undefined) return {}
      return {
        'cpu.time': stats.cpuTimeNs,
        'cpu.user': stats.userTimeNs,
        'cpu.system': stats.systemTimeNs,
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
