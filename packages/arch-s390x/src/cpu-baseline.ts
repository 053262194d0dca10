import { quote } from '@polyvirt/core/arch'
import type { BaselineOptions, Cpu, CpuBaseline } from '@polyvirt/core/arch'
import { isMachineless, processorByName, processors } from './cpu-models.ts'
import type { Processor } from './cpu-models.ts'
import { featureGroups } from './feature-groups.ts'
import { condensed, differences, expanded, featuresOf, featuresOfModel } from './feature-sets.ts'
import type { FeatureSet } from './feature-sets.ts'
import { intersection, isSubset, minus } from './sets.ts'

/** A machine and a set of features that are looked for together. */
interface Found {
  readonly processor: Processor
  readonly features: FeatureSet
}

/**
 * The best CPU that all of these can run: a static model, which is the same for every QEMU, and the
 * features that all have beyond it (QEMU's rule, `query-cpu-model-baseline`).
 */
export function baseline(cpus: readonly Cpu[], options: BaselineOptions = {}): CpuBaseline {
  if (cpus.length === 0)
    return {
      problem: { code: 'ERR_INVALID_ARG', message: 'no CPU is given to find a baseline of' },
    }
  const [first] = cpus
  // It stands for itself alone.
  if (isMachineless(first?.model) && cpus.every((one) => isBare(one, first?.model)))
    return {
      cpu: { mode: 'custom', match: 'exact', model: first?.model ?? '', fallback: 'forbid' },
    }
  let common: Found | undefined
  for (const one of cpus) {
    if (one.model === undefined)
      return { problem: { code: 'ERR_XML_ERROR', message: 'a CPU without a <model>' } }
    const processor = processorByName(one.model)
    const features = featuresOf(one)
    if (processor === undefined || features === undefined) {
      const message = `Unknown CPU model ${quote(one.model)}`
      return { problem: { code: 'ERR_INTERNAL_ERROR', message } }
    }
    if (one.vendor !== undefined && one.vendor !== 'IBM')
      return failed(`CPU vendor IBM of model ${one.model} differs from vendor ${quote(one.vendor)}`)
    common = inCommon(common ?? { processor, features }, { processor, features })
    if (common === undefined)
      return failed(
        'No compatible CPU model could be created as important base features are disabled',
      )
  }
  return common === undefined ? failed('CPUs are incompatible') : named(common, options)
}

const isBare = ({ model, features = [] }: Cpu, name: string | undefined): boolean =>
  model === name && features.length === 0

function inCommon(a: Found, b: Found): Found | undefined {
  const features = intersection(a.features, b.features)
  const older = isOlder(a.processor, b.processor) ? a.processor : b.processor
  const sameGeneration = a.processor.generation === b.processor.generation
  // Of two sizes of one generation, neither is preferred.
  const type = sameGeneration && a.processor.type !== b.processor.type ? undefined : older.type
  const processor = newestWith(features, { ...older, ...(type === undefined && { type: 0 }) })
  if (processor === undefined) return undefined
  const possible = featuresOfModel(processor.name)?.possible ?? new Set<string>()
  return { processor, features: intersection(features, possible) }
}

function isOlder(a: Processor, b: Processor): boolean {
  return a.generation === b.generation ? a.level <= b.level : a.generation < b.generation
}

/** Parts of a base that older firmware may lack, and that say nothing of the model. */
const withoutWeight: FeatureSet = new Set([
  ...(featureGroups['msa'] ?? []).filter((name) => name !== 'msa-base'),
  'csske',
])

/** The newest machine up to this one whose base is among these features. */
function newestWith(features: FeatureSet, limit: Processor): Processor | undefined {
  let ofType: Processor | undefined
  let last: Processor | undefined
  for (const one of processors) {
    if (one.generation > limit.generation) break
    if (one.generation === limit.generation && one.level > limit.level) break
    const base = featuresOfModel(one.name)?.base ?? []
    if (!isSubset(minus(base, withoutWeight), features)) break
    if (one.type === limit.type) {
      if (one.level === limit.level) return one
      ofType = one
    }
    last = one
  }
  return ofType ?? last
}

function named(found: Found, { expandFeatures, models, widest }: BaselineOptions): CpuBaseline {
  const { processor } = found
  const model = `${processor.name}-base`
  if (models !== undefined && !models.some(({ name }) => name === model))
    return failed(`the baseline ${model} is none of the models that the emulator has`)
  const features =
    widest === undefined
      ? found.features
      : intersection(found.features, expanded(Object.keys(widest)))
  const listed =
    expandFeatures === true
      ? condensed(features).map((name) => ({ policy: 'require', name }) as const)
      : differences(model, features)
  return {
    cpu: {
      mode: 'custom',
      match: 'exact',
      model,
      fallback: 'forbid',
      ...(listed.length > 0 && { features: listed }),
    },
  }
}

function failed(message: string): CpuBaseline {
  return { problem: { code: 'ERR_OPERATION_FAILED', message } }
}
