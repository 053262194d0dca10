import type { Cpu, CpuData } from '@polyvirt/core/arch'
import { processorByName, processorsByType } from './cpu-models.ts'
import type { Processor } from './cpu-models.ts'
import { facilities } from './facilities.ts'
import { featureGroups } from './feature-groups.ts'
import { differences, expanded, featureNames, featuresOf, featuresOfModel } from './feature-sets.ts'
import type { FeatureSet } from './feature-sets.ts'
import { minus, union } from './sets.ts'

const wordBits = 32

const shown: ReadonlySet<string> = new Set(facilities.values())

/** Features that no facility tells of: only a definition knows them. */
const hidden: readonly string[] = [...minus(expanded(featureNames), shown)].toSorted()

/** Names of words that bits are in: facility 0 is the leftmost bit of the first. */
const wordOf = (kind: 'stfle' | 'hidden', bit: number): string =>
  `${kind}${Math.floor(bit / wordBits)}`

const maskOf = (bit: number): number => (1 << (wordBits - 1 - (bit % wordBits))) >>> 0

const hasBit = (data: CpuData, kind: 'stfle' | 'hidden', bit: number): boolean =>
  ((data[wordOf(kind, bit)] ?? 0) & maskOf(bit)) !== 0

function words(kind: 'stfle' | 'hidden', bits: Iterable<number>): CpuData {
  const data: Record<string, number> = { [wordOf(kind, 0)]: 0 }
  for (const bit of bits) {
    const name = wordOf(kind, bit)
    data[name] = ((data[name] ?? 0) | maskOf(bit)) >>> 0
  }
  return data
}

/** Machine type and facility list as 32-bit words: `machine`, `stfle0`, `stfle1`, … */
export function toRegisters(machine: number, bits: Iterable<number>): CpuData {
  return { machine, ...words('stfle', bits) }
}

/** Machine type, facilities and all else of a definition; nothing where its model is not known. */
export function encode(one: Cpu): CpuData {
  const processor = processorByName(one.model)
  const all = featuresOf(one)
  if (processor === undefined || all === undefined) return {}
  const bits = [...facilities].flatMap(([bit, feature]) => (all.has(feature) ? [bit] : []))
  const rest = hidden.flatMap((feature, bit) => (all.has(feature) ? [bit] : []))
  return { ...toRegisters(processor.type, bits), ...words('hidden', rest) }
}

/** The model that a machine is, with what separates its features from the model's own. */
export function decode(data: CpuData, models?: readonly string[]): Cpu | undefined {
  const candidates = processorsByType(data['machine'] ?? 0)
  const processor = candidates.find((one) => canHave(one, data)) ?? candidates.at(-1)
  if (processor === undefined || models?.includes(processor.name) === false) return undefined
  const cpu: Cpu = { model: processor.name, vendor: 'IBM' }
  if (data['stfle0'] === undefined) return cpu
  const has = data['hidden0'] === undefined ? seenFeatures(processor, data) : toldFeatures(data)
  const features = differences(processor.name, has)
  return features.length === 0 ? cpu : { ...cpu, features }
}

/** May a machine of this level have all that is seen? What QEMU never heard of is no matter. */
function canHave({ name }: Processor, data: CpuData): boolean {
  const possible = featuresOfModel(name)?.possible
  const newest = featuresOfModel(processorsByType(data['machine'] ?? 0).at(-1)?.name)?.possible
  return [...facilities].every(
    ([bit, feature]) =>
      !hasBit(data, 'stfle', bit) ||
      possible?.has(feature) === true ||
      newest?.has(feature) !== true,
  )
}

function toldFeatures(data: CpuData): FeatureSet {
  return new Set([
    ...[...facilities].flatMap(([bit, feature]) => (hasBit(data, 'stfle', bit) ? [feature] : [])),
    ...hidden.filter((_, bit) => hasBit(data, 'hidden', bit)),
  ])
}

/**
 * What a processor has for all one can see: a feature that has a facility is there if that is; others
 * go with their model, and functions of a group with the facility of the group.
 */
function seenFeatures({ name }: Processor, data: CpuData): FeatureSet {
  const model = featuresOfModel(name)
  let all: Set<string> = new Set(model?.byDefault)
  for (const [bit, feature] of facilities) {
    const isThere = hasBit(data, 'stfle', bit)
    if (isThere === all.has(feature)) continue
    const members = expanded([groupOfBase(feature) ?? feature])
    // A facility that the model cannot have is a kernel's or a hypervisor's own affair.
    if (!isThere) all = minus(all, members)
    else if (model?.possible.has(feature) === true) all = union(all, members)
  }
  return all
}

/** `msa-base` stands for the group `msa`. */
function groupOfBase(feature: string): string | undefined {
  const group = feature.replace(/-base$/, '')
  return group !== feature && Object.hasOwn(featureGroups, group) ? group : undefined
}
