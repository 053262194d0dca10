import type { Cpu, CpuFeature } from '@polyvirt/core/arch'
import { processors, withoutBase } from './cpu-models.ts'
import { featureGroups } from './feature-groups.ts'
import { featureSteps } from './feature-steps.ts'
import { minus, union } from './sets.ts'

/** Features one by one, groups taken apart. */
export type FeatureSet = ReadonlySet<string>

/** What QEMU has of one model. */
export interface ModelFeatures {
  readonly base: FeatureSet
  readonly byDefault: FeatureSet
  /** All that may be asked for. */
  readonly possible: FeatureSet
}

/** Groups become their members. */
export function expanded(names: Iterable<string>): Set<string> {
  return new Set([...names].flatMap((name) => membersOf(name)))
}

/** Members of a group; a feature that is no group is its own. */
export function membersOf(name: string): readonly string[] {
  return Object.hasOwn(featureGroups, name) ? (featureGroups[name] ?? []) : [name]
}

/** The shortest way to say it, which is QEMU's: whole groups by their names, then what is left. */
export function condensed(set: FeatureSet): readonly string[] {
  const rest = new Set(set)
  const whole = Object.entries(featureGroups).flatMap(([group, members]) => {
    if (!members.every((member) => rest.has(member))) return []
    for (const member of members) rest.delete(member)
    return [group]
  })
  return [...whole, ...[...rest].toSorted()]
}

const words = (text = ''): Set<string> => expanded(text.split(' ').filter((word) => word !== ''))

const models: ReadonlyMap<string, ModelFeatures> = (() => {
  let base = new Set<string>()
  let byDefault = new Set<string>()
  let possible = new Set<string>()
  return new Map(
    processors.map(({ name }) => {
      const step = Object.hasOwn(featureSteps, name) ? featureSteps[name] : undefined
      const gone = words(step?.gone)
      base = minus(union(base, words(step?.base)), gone)
      byDefault = minus(union(union(byDefault, base), words(step?.byDefault)), gone)
      possible = union(union(possible, byDefault), words(step?.possible))
      return [name, { base, byDefault, possible }] as const
    }),
  )
})()

/** Features of a model by either of its names; nothing for `qemu` and `max`, which change. */
export function featuresOfModel(name: string | undefined): ModelFeatures | undefined {
  return models.get(withoutBase(name ?? ''))
}

/** What a model has before anything is added or taken away. */
export function ownFeatures(name: string | undefined): FeatureSet | undefined {
  const found = featuresOfModel(name)
  return name?.endsWith('-base') === true ? found?.base : found?.byDefault
}

/** Every feature and group by name. */
export const featureNames: readonly string[] = [
  ...Object.keys(featureGroups),
  ...(models.get(processors.at(-1)?.name ?? '')?.possible ?? []),
]

const known: ReadonlySet<string> = new Set(featureNames)

export const isFeature = (name: string): boolean => known.has(name)

/** Is this feature asked for, or refused? */
export function policyOf({ policy = 'require' }: CpuFeature): 'on' | 'off' {
  return policy === 'disable' || policy === 'forbid' ? 'off' : 'on'
}

/** A set with a document's features added and taken away, in their order. */
export function changedBy(set: FeatureSet, features: readonly CpuFeature[] = []): FeatureSet {
  return features.reduce<FeatureSet>((all, feature) => {
    const members = new Set(membersOf(feature.name))
    return policyOf(feature) === 'on' ? union(all, members) : minus(all, members)
  }, set)
}

/** All features of a CPU; nothing where its model is not known. */
export function featuresOf({ model, features }: Cpu): FeatureSet | undefined {
  const own = ownFeatures(model)
  return own && changedBy(own, features)
}

/** What separates a CPU from a model's own features. */
export function differences(model: string, has: FeatureSet): readonly CpuFeature[] {
  const own = ownFeatures(model) ?? new Set<string>()
  return [
    ...condensed(minus(has, own)).map((name) => ({ policy: 'require', name }) as const),
    ...condensed(minus(own, has)).map((name) => ({ policy: 'disable', name }) as const),
  ]
}
