import type { Cpu, CpuData } from '@polyvirt/core/arch'
import { processorByName, processorByType } from './cpu-models.ts'
import type { Processor } from './cpu-models.ts'
import { facilities } from './facilities.ts'
import { featureGroups } from './feature-groups.ts'
import { expanded, featuresOf, featuresOfModel } from './feature-sets.ts'
import type { FeatureSet } from './feature-sets.ts'
import { differences } from './host-model.ts'
import { minus, union } from './sets.ts'

/** Bits of one word of {@link toRegisters}: facility 0 is the leftmost of the first. */
const wordBits = 32

const wordName = (bit: number): string => `stfle${Math.floor(bit / wordBits)}`
const maskOf = (bit: number): number => (1 << (wordBits - 1 - (bit % wordBits))) >>> 0

/** Machine type and facility list as 32-bit words: `machine`, `stfle0`, `stfle1`, … */
export function toRegisters(machine: number, bits: Iterable<number>): CpuData {
  const data: Record<string, number> = { machine }
  for (const bit of bits) {
    const name = wordName(bit)
    data[name] = ((data[name] ?? 0) | maskOf(bit)) >>> 0
  }
  return data
}

/** The model that a machine is, with what separates its facilities from the model's own. */
export function decode(data: CpuData, models?: readonly string[]): Cpu | undefined {
  const processor = processorByType(data['machine'] ?? 0)
  if (processor === undefined || models?.includes(processor.name) === false) return undefined
  const cpu: Cpu = { model: processor.name, vendor: 'IBM' }
  if (data['stfle0'] === undefined) return cpu
  const features = differences(processor.name, shownFeatures(processor, data))
  return features.length === 0 ? cpu : { ...cpu, features }
}

/**
 * What a processor has for all one can see: a feature that has a facility is there if that is; others
 * go with their model, and functions of a group with the facility of the group.
 */
function shownFeatures({ name }: Processor, data: CpuData): FeatureSet {
  const model = featuresOfModel(name)
  let all: Set<string> = new Set(model?.byDefault)
  for (const [bit, feature] of facilities) {
    const isThere = ((data[wordName(bit)] ?? 0) & maskOf(bit)) !== 0
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

/** Machine type and facilities of a definition; nothing for models that stand for no machine. */
export function encode(one: Cpu): CpuData {
  const processor = processorByName(one.model)
  const all = featuresOf(one)
  if (processor === undefined || all === undefined) return {}
  const bits = [...facilities].flatMap(([bit, feature]) => (all.has(feature) ? [bit] : []))
  return toRegisters(processor.type, bits)
}
