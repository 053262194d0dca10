import { cpuset } from './cpuset.ts'
import { sizeKiB } from './memory.ts'
import {
  integer,
  list,
  nonEmpty,
  oneOf,
  present,
  record,
  required,
  text,
  yesNo,
} from '../xml/fields.ts'
import type { XmlFields } from '../xml/fields.ts'

/**
 * What the host gives a guest and how much of it: CPU time, memory, disk time, NUMA nodes. None of
 * it is visible to the guest, except through how fast it runs.
 */

/** One vCPU's (or I/O thread's) set of host CPUs. */
export interface VcpuPin {
  readonly vcpu: number
  readonly cpuset: readonly number[]
}

const vcpuPinXml: XmlFields<VcpuPin> = {
  vcpu: required(integer('@vcpu', { max: 0xffffffff })),
  cpuset: required(cpuset('@cpuset')),
}

export interface IothreadPin {
  readonly iothread: number
  readonly cpuset: readonly number[]
}

const iothreadPinXml: XmlFields<IothreadPin> = {
  iothread: required(integer('@iothread', { min: 1, max: 0xffffffff })),
  cpuset: required(cpuset('@cpuset')),
}

export const schedulers = ['fifo', 'rr', 'idle', 'batch'] as const

/** A scheduler of some threads, as sched(7) names them; only `fifo` and `rr` have a priority. */
export interface ThreadScheduler {
  readonly vcpus?: readonly number[]
  readonly iothreads?: readonly number[]
  readonly scheduler: (typeof schedulers)[number]
  readonly priority?: number
}

const schedulerXml: XmlFields<ThreadScheduler> = {
  vcpus: cpuset('@vcpus'),
  iothreads: cpuset('@iothreads'),
  scheduler: required(oneOf('@scheduler', schedulers)),
  priority: integer('@priority', { max: 99 }),
}

export interface CacheShare {
  readonly id: number
  readonly level: number
  readonly type: 'code' | 'data' | 'both'
  readonly sizeKiB: number
}

const cacheShareXml: XmlFields<CacheShare> = {
  id: required(integer('@id', { max: 0xffffffff })),
  level: required(integer('@level', { max: 0xffffffff })),
  type: required(oneOf('@type', ['code', 'data', 'both'])),
  sizeKiB: required(sizeKiB('@size', 'byte')),
}

export interface ResctrlMonitor {
  readonly level?: number
  readonly vcpus: readonly number[]
}

const monitorXml: XmlFields<ResctrlMonitor> = {
  level: integer('@level', { max: 0xffffffff }),
  vcpus: required(cpuset('@vcpus')),
}

export interface CacheTune {
  readonly vcpus: readonly number[]
  readonly id?: string
  readonly caches?: readonly CacheShare[]
  readonly monitors?: readonly ResctrlMonitor[]
}

const cacheTuneXml: XmlFields<CacheTune> = {
  vcpus: required(cpuset('@vcpus')),
  id: text('@id'),
  caches: list('cache', cacheShareXml),
  monitors: list('monitor', monitorXml),
}

export interface BandwidthShare {
  readonly id: number
  /** Percent of the node's memory bandwidth. */
  readonly bandwidth: number
}

const bandwidthShareXml: XmlFields<BandwidthShare> = {
  id: required(integer('@id', { max: 0xffffffff })),
  bandwidth: required(integer('@bandwidth', { max: 0xffffffff })),
}

export interface MemoryTune {
  readonly vcpus: readonly number[]
  readonly nodes?: readonly BandwidthShare[]
  readonly monitors?: readonly ResctrlMonitor[]
}

const memoryTuneXml: XmlFields<MemoryTune> = {
  vcpus: required(cpuset('@vcpus')),
  nodes: list('node', bandwidthShareXml),
  monitors: list('monitor', monitorXml),
}

/** `<cputune>`. Periods and quotas are in microseconds; a negative quota means none. */
export interface Cputune {
  readonly shares?: number
  readonly period?: number
  readonly quota?: number
  readonly globalPeriod?: number
  readonly globalQuota?: number
  readonly emulatorPeriod?: number
  readonly emulatorQuota?: number
  readonly iothreadPeriod?: number
  readonly iothreadQuota?: number
  readonly vcpupins?: readonly VcpuPin[]
  readonly emulatorpin?: readonly number[]
  readonly iothreadpins?: readonly IothreadPin[]
  readonly vcpuscheds?: readonly ThreadScheduler[]
  readonly iothreadscheds?: readonly ThreadScheduler[]
  readonly emulatorsched?: ThreadScheduler
  readonly cachetunes?: readonly CacheTune[]
  readonly memorytunes?: readonly MemoryTune[]
}

/** Bounds of libvirt: periods 1 ms to 1 s, quotas from 1 ms (src/conf/domain_conf.h, VIR_DOMAIN_CPUTUNE_*). */
const period = { max: 1_000_000, what: 'a period in microseconds' } as const
const quota = { min: -1, max: 9_007_199_254_740_991, what: 'a quota in microseconds' } as const

export const cputuneXml: XmlFields<Cputune> = {
  shares: integer('shares', { max: 262_144 }),
  period: integer('period', period),
  quota: integer('quota', quota),
  globalPeriod: integer('global_period', period),
  globalQuota: integer('global_quota', quota),
  emulatorPeriod: integer('emulator_period', period),
  emulatorQuota: integer('emulator_quota', quota),
  iothreadPeriod: integer('iothread_period', period),
  iothreadQuota: integer('iothread_quota', quota),
  vcpupins: list('vcpupin', vcpuPinXml),
  emulatorpin: cpuset('emulatorpin/@cpuset'),
  iothreadpins: list('iothreadpin', iothreadPinXml),
  vcpuscheds: list('vcpusched', schedulerXml),
  iothreadscheds: list('iothreadsched', schedulerXml),
  emulatorsched: record('emulatorsched', schedulerXml),
  cachetunes: list('cachetune', cacheTuneXml),
  memorytunes: list('memorytune', memoryTuneXml),
}

export const numaModes = ['strict', 'preferred', 'interleave', 'restrictive'] as const
export type NumaMode = (typeof numaModes)[number]

export interface MemNode {
  readonly cellid: number
  readonly mode?: NumaMode
  readonly nodeset: readonly number[]
}

const memNodeXml: XmlFields<MemNode> = {
  cellid: required(integer('@cellid', { max: 0xffffffff })),
  mode: oneOf('@mode', numaModes),
  nodeset: required(cpuset('@nodeset')),
}

/** `<numatune>`: the host nodes whose memory the guest gets. */
export interface Numatune {
  readonly mode?: NumaMode
  readonly nodeset?: readonly number[]
  readonly placement?: 'static' | 'auto'
  readonly memnodes?: readonly MemNode[]
}

export const numatuneXml: XmlFields<Numatune> = {
  mode: oneOf('memory/@mode', numaModes),
  nodeset: cpuset('memory/@nodeset'),
  placement: oneOf('memory/@placement', ['static', 'auto']),
  memnodes: list('memnode', memNodeXml),
}

/** `<memtune>`: limits of the process, in KiB. */
export interface Memtune {
  readonly hardLimitKiB?: number
  readonly softLimitKiB?: number
  readonly minGuaranteeKiB?: number
  readonly swapHardLimitKiB?: number
}

export const memtuneXml: XmlFields<Memtune> = {
  hardLimitKiB: sizeKiB('hard_limit'),
  softLimitKiB: sizeKiB('soft_limit'),
  minGuaranteeKiB: sizeKiB('min_guarantee'),
  swapHardLimitKiB: sizeKiB('swap_hard_limit'),
}

/** One size of huge page and the guest cells that use it; without a size, the host's default. */
export interface HugePages {
  readonly sizeKiB?: number
  readonly nodeset?: readonly number[]
}

const hugePagesXml: XmlFields<HugePages> = {
  sizeKiB: sizeKiB('@size'),
  nodeset: cpuset('@nodeset'),
}

/** `<memoryBacking>`: what kind of host memory the guest's is made of. */
export interface MemoryBacking {
  readonly hugepages?: boolean
  readonly pages?: readonly HugePages[]
  readonly nosharepages?: boolean
  readonly locked?: boolean
  readonly source?: 'file' | 'anonymous' | 'memfd'
  readonly access?: 'shared' | 'private'
  readonly allocation?: 'immediate' | 'ondemand'
  readonly allocationThreads?: number
  readonly discard?: boolean
}

export const memoryBackingXml: XmlFields<MemoryBacking> = {
  hugepages: present('hugepages'),
  pages: list('hugepages/page', hugePagesXml),
  nosharepages: present('nosharepages'),
  locked: present('locked'),
  source: oneOf('source/@type', ['file', 'anonymous', 'memfd']),
  access: oneOf('access/@mode', ['shared', 'private']),
  allocation: oneOf('allocation/@mode', ['immediate', 'ondemand']),
  allocationThreads: integer('allocation/@threads', { min: 1, max: 0xffffffff }),
  discard: present('discard'),
}

/** A block device's share and limits. */
export interface BlkioDevice {
  readonly path: string
  readonly weight?: number
  readonly readIopsSec?: number
  readonly writeIopsSec?: number
  readonly readBytesSec?: number
  readonly writeBytesSec?: number
}

const blkioDeviceXml: XmlFields<BlkioDevice> = {
  path: required(text('path')),
  weight: integer('weight', { max: 1000 }),
  readIopsSec: integer('read_iops_sec', { max: 0xffffffff }),
  writeIopsSec: integer('write_iops_sec', { max: 0xffffffff }),
  readBytesSec: integer('read_bytes_sec'),
  writeBytesSec: integer('write_bytes_sec'),
}

export interface Blkiotune {
  readonly weight?: number
  readonly devices?: readonly BlkioDevice[]
}

export const blkiotuneXml: XmlFields<Blkiotune> = {
  weight: integer('weight', { min: 1, max: 10_000 }),
  devices: list('device', blkioDeviceXml),
}

/** `<resource>`: which cgroup partition the guest belongs to. */
export interface Resource {
  readonly partition?: string
  readonly fibrechannelAppid?: string
}

export const resourceXml: XmlFields<Resource> = {
  partition: nonEmpty('partition'),
  fibrechannelAppid: nonEmpty('fibrechannel/@appid'),
}

export interface IdRange {
  readonly start: number
  readonly target: number
  readonly count: number
}

const idRangeXml: XmlFields<IdRange> = {
  start: required(integer('@start', { max: 0xffffffff })),
  target: required(integer('@target', { max: 0xffffffff })),
  count: required(integer('@count', { max: 0xffffffff })),
}

/** `<idmap>`: user ids of containers. */
export interface Idmap {
  readonly uids?: readonly IdRange[]
  readonly gids?: readonly IdRange[]
}

export const idmapXml: XmlFields<Idmap> = {
  uids: list('uid', idRangeXml),
  gids: list('gid', idRangeXml),
}

export interface PerfEvent {
  readonly name: string
  readonly enabled: boolean
}

export const perfEvents = [
  'cmt',
  'mbmt',
  'mbml',
  'cpu_cycles',
  'instructions',
  'cache_references',
  'cache_misses',
  'branch_instructions',
  'branch_misses',
  'bus_cycles',
  'stalled_cycles_frontend',
  'stalled_cycles_backend',
  'ref_cpu_cycles',
  'cpu_clock',
  'task_clock',
  'page_faults',
  'context_switches',
  'cpu_migrations',
  'page_faults_min',
  'page_faults_maj',
  'alignment_faults',
  'emulation_faults',
] as const

export const perfEventXml: XmlFields<PerfEvent> = {
  name: required(oneOf('@name', perfEvents)),
  enabled: required(yesNo('@enabled')),
}

/** An I/O thread by its own number. */
export interface IothreadId {
  readonly id: number
  readonly threadPoolMin?: number
  readonly threadPoolMax?: number
}

const poolSize = { max: 0x7fffffff, what: 'a number of threads' } as const

export const iothreadIdXml: XmlFields<IothreadId> = {
  id: required(integer('@id', { min: 1, max: 0xffffffff })),
  threadPoolMin: integer('@thread_pool_min', poolSize),
  threadPoolMax: integer('@thread_pool_max', poolSize),
}

/** Sizes of the main loop's own pool of worker threads. */
export interface ThreadPool {
  readonly threadPoolMin?: number
  readonly threadPoolMax?: number
}

export const threadPoolXml: XmlFields<ThreadPool> = {
  threadPoolMin: integer('@thread_pool_min', poolSize),
  threadPoolMax: integer('@thread_pool_max', poolSize),
}

/** One vCPU of its own: there from the start or not, and whether it may be unplugged. */
export interface Vcpu {
  readonly id: number
  readonly enabled: boolean
  readonly hotpluggable?: boolean
  readonly order?: number
}

export const vcpuXml: XmlFields<Vcpu> = {
  id: required(integer('@id', { max: 0xffffffff })),
  enabled: required(yesNo('@enabled')),
  hotpluggable: yesNo('@hotpluggable'),
  order: integer('@order', { min: 1, max: 0xffffffff }),
}
