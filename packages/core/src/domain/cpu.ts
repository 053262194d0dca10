import { cpuset } from './cpuset.ts'
import { bytesField, sizeKiB } from './memory.ts'
import {
  integer,
  list,
  nonEmpty,
  oneOf,
  onOff,
  record,
  report,
  required,
  text,
  yesNo,
} from '../xml/fields.ts'
import { childNamed } from '../xml/element.ts'
import type { XmlField, XmlFields } from '../xml/fields.ts'

export const cpuModes = ['custom', 'host-model', 'host-passthrough', 'maximum'] as const
export type CpuMode = (typeof cpuModes)[number]

export const featurePolicies = ['force', 'require', 'optional', 'disable', 'forbid'] as const
export type FeaturePolicyName = (typeof featurePolicies)[number]

/** One CPU feature and what is asked of it. */
export interface CpuFeature {
  readonly policy?: FeaturePolicyName
  readonly name: string
}

const featureXml: XmlFields<CpuFeature> = {
  policy: oneOf('@policy', featurePolicies, 'ERR_CONFIG_UNSUPPORTED'),
  name: required(text('@name')),
}

/** How the vCPUs are arranged; the product must be the number of vCPUs. */
export interface CpuTopology {
  readonly sockets: number
  readonly dies?: number
  readonly cores: number
  readonly threads: number
}

const positive = { min: 1, max: 0xffffffff, what: 'a number' } as const

/** A cache between processors and a node's memory, for the guest's HMAT. */
export interface NumaCache {
  readonly level: number
  readonly associativity: 'none' | 'direct' | 'full'
  readonly policy: 'none' | 'writeback' | 'writethrough'
  readonly sizeKiB: number
  /** In bytes. */
  readonly lineBytes: number
}

const numaCacheXml: XmlFields<NumaCache> = {
  level: required(integer('@level', { max: 0xffffffff })),
  associativity: required(oneOf('@associativity', ['none', 'direct', 'full'])),
  policy: required(oneOf('@policy', ['none', 'writeback', 'writethrough'])),
  sizeKiB: required(sizeKiB('size/@value')),
  lineBytes: required(lineSize()),
}

function lineSize(): XmlField<number> {
  const field = bytesField('line/@value')
  return {
    ...field,
    write: (v, writer) => {
      writer.put(['line', '@value'], String(v))
      writer.put(['line', '@unit'], 'B')
    },
  }
}

/** How long and how fast a node's processors reach another's memory, for the guest's HMAT. */
export interface NumaLatency {
  readonly initiator: number
  readonly target: number
  readonly cache?: number
  readonly type: 'access' | 'read' | 'write'
  /** In nanoseconds. */
  readonly value: number
}

export interface NumaBandwidth extends Omit<NumaLatency, 'value'> {
  readonly kibPerSecond: number
}

const reachXml = {
  initiator: required(integer('@initiator', { max: 0xffffffff })),
  target: required(integer('@target', { max: 0xffffffff })),
  cache: integer('@cache', { min: 1, max: 0xffffffff }),
  type: required(oneOf('@type', ['access', 'read', 'write'])),
}

const latencyXml: XmlFields<NumaLatency> = {
  ...reachXml,
  value: required(integer('@value', { min: 1, max: 0xffffffff })),
}

const bandwidthXml: XmlFields<NumaBandwidth> = {
  ...reachXml,
  kibPerSecond: required(sizeKiB('@value')),
}

/** A NUMA node of the guest. */
export interface NumaCell {
  readonly id?: number
  readonly cpus?: readonly number[]
  readonly memoryKiB: number
  readonly memAccess?: 'shared' | 'private'
  readonly discard?: boolean
  readonly distances?: readonly NumaDistance[]
  readonly caches?: readonly NumaCache[]
}

export interface NumaDistance {
  readonly id: number
  readonly value: number
}

const distanceXml: XmlFields<NumaDistance> = {
  id: required(integer('@id', { max: 1023 })),
  value: required(integer('@value', { min: 10, max: 255, what: 'a NUMA distance' })),
}

const cellXml: XmlFields<NumaCell> = {
  id: integer('@id', { max: 1023 }),
  cpus: cpuset('@cpus'),
  memoryKiB: required(sizeKiB('@memory')),
  memAccess: oneOf('@memAccess', ['shared', 'private']),
  discard: yesNo('@discard'),
  distances: list('distances/sibling', distanceXml),
  caches: list('cache', numaCacheXml),
}

/** The guest's CPU: which model, with which features, in which arrangement. */
export interface Cpu {
  readonly mode?: CpuMode
  readonly match?: 'minimum' | 'exact' | 'strict'
  readonly check?: 'none' | 'partial' | 'full'
  readonly migratable?: boolean
  readonly model?: string
  readonly fallback?: 'allow' | 'forbid'
  readonly vendorId?: string
  readonly vendor?: string
  readonly maxphysaddrMode?: 'emulate' | 'passthrough'
  readonly maxphysaddrBits?: number
  readonly maxphysaddrLimit?: number
  readonly topology?: CpuTopology
  readonly cacheLevel?: number
  readonly cacheMode?: 'emulate' | 'passthrough' | 'disable'
  readonly features?: readonly CpuFeature[]
  readonly numa?: readonly NumaCell[]
  readonly numaLatencies?: readonly NumaLatency[]
  readonly numaBandwidths?: readonly NumaBandwidth[]
}

/** Who writes `<numa>` names nodes: without any, what was meant is not there. */
function cells(): XmlField<readonly NumaCell[]> {
  const field = list('numa/cell', cellXml)
  return {
    ...field,
    read(scope) {
      const found = field.read(scope)
      if (found === undefined && childNamed(scope.element, 'numa') !== undefined)
        report(scope, 'ERR_XML_ERROR', 'a <numa> has at least one <cell>, or is left out', 'numa')
      return found
    },
  }
}

const topologyXml: XmlFields<CpuTopology> = {
  sockets: required(integer('@sockets', positive)),
  dies: integer('@dies', positive),
  cores: required(integer('@cores', positive)),
  threads: required(integer('@threads', positive)),
}

export const cpuXml: XmlFields<Cpu> = {
  mode: oneOf('@mode', cpuModes, 'ERR_CONFIG_UNSUPPORTED'),
  match: oneOf('@match', ['minimum', 'exact', 'strict']),
  check: oneOf('@check', ['none', 'partial', 'full']),
  migratable: onOff('@migratable'),
  fallback: oneOf('model/@fallback', ['allow', 'forbid'], 'ERR_CONFIG_UNSUPPORTED'),
  vendorId: text('model/@vendor_id'),
  model: nonEmpty('model'),
  vendor: text('vendor'),
  maxphysaddrMode: oneOf('maxphysaddr/@mode', ['emulate', 'passthrough']),
  // 0 is QEMU's word for the width that its CPU model has.
  maxphysaddrBits: integer('maxphysaddr/@bits', { max: 64 }),
  maxphysaddrLimit: integer('maxphysaddr/@limit', { min: 1, max: 64 }),
  topology: record('topology', topologyXml),
  cacheLevel: integer('cache/@level', { max: 0x7fffffff }),
  cacheMode: oneOf('cache/@mode', ['emulate', 'passthrough', 'disable']),
  features: list('feature', featureXml),
  numa: cells(),
  numaLatencies: list('numa/interconnects/latency', latencyXml),
  numaBandwidths: list('numa/interconnects/bandwidth', bandwidthXml),
}
