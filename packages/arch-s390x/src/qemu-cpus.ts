import type { Cpu, CpuContext, CpuProperties } from '@polyvirt/core/arch'
import { processorByName } from './cpu-models.ts'
import type { Processor } from './cpu-models.ts'
import { changedBy, condensed, expanded, membersOf, ownFeatures } from './feature-sets.ts'
import type { FeatureSet } from './feature-sets.ts'
import { minus } from './sets.ts'

/** The widest CPU of this accelerator: `max` of TCG, the host's own with KVM. */
function widest({ capabilities, virtType }: CpuContext): CpuProperties | undefined {
  return capabilities.widestCpu?.[virtType]
}

/** The machine that the accelerator can be at most, where QEMU told. */
export function widestProcessor({ capabilities, virtType }: CpuContext): Processor | undefined {
  return processorByName(capabilities.widestModel?.[virtType])
}

/** All that the accelerator can give, where QEMU told. */
export function availableFeatures(context: CpuContext): FeatureSet | undefined {
  const all = widest(context)
  return all && expanded(Object.keys(all).filter((name) => all[name] === true))
}

/** Does this QEMU know the feature? It names all that it knows, groups for their members. */
export function hasSwitch(name: string, context: CpuContext): boolean {
  const all = widest(context)
  if (all === undefined) return true
  return membersOf(name).every((member) => knownTo(all).has(member))
}

const knownBy = new WeakMap<CpuProperties, FeatureSet>()

function knownTo(all: CpuProperties): FeatureSet {
  const found = knownBy.get(all) ?? expanded(Object.keys(all))
  knownBy.set(all, found)
  return found
}

/** The model that a CPU of this document is, `qemu` and the modes included, which are the widest. */
export function modelOf({ mode = 'custom', model }: Cpu, context: CpuContext): string | undefined {
  if (mode === 'custom' && processorByName(model) !== undefined) return model
  return widestProcessor(context)?.name
}

/** Features of a guest's CPU that its accelerator cannot give, as QEMU names them. */
export function missingFeatures(one: Cpu, context: CpuContext): readonly string[] {
  const available = availableFeatures(context)
  if (available === undefined) return []
  const { mode = 'custom', model, features } = one
  const own = (mode === 'custom' ? ownFeatures(model) : undefined) ?? available
  return condensed(minus(changedBy(own, features), available))
}

/** Models that start as they are, in QEMU's order of release; those that stand for no machine first. */
export function startableModels(context: CpuContext): readonly string[] {
  const { capabilities, virtType } = context
  const { cpus } = virtType === 'kvm' ? { cpus: capabilities.kvm.cpus ?? [] } : capabilities
  const fit = cpus.filter(({ unavailableFeatures }) => unavailableFeatures?.length === 0)
  const names = fit.map(({ name }) => name)
  const rank = (name: string): number => {
    const found = processorByName(name)
    return found === undefined ? 0 : found.generation * 10 + found.level
  }
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
