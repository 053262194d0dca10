import { nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { processorByName, processors } from './cpu-models.ts'
import { featureNames, featuresOfModel, isFeature, membersOf, policyOf } from './feature-sets.ts'
import { hasSwitch, modelOf } from './qemu-cpus.ts'

/** Names that nobody knows, and policies that nobody carries out. */
export function validateFeatures({ features = [] }: Cpu): readonly Problem[] {
  return features.flatMap(({ name, policy = 'require' }, i): Problem[] => {
    const path = `feature[${i + 1}]`
    if (policy !== 'require' && policy !== 'disable') {
      const message = `policy '${policy}' is not offered on IBM Z, where a feature is there or not; use 'require' or 'disable'`
      return [unsupported(`${path}/@policy`, message)]
    }
    if (isFeature(name)) return []
    const near = nearest(name, featureNames)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return [unsupported(`${path}/@name`, `${quote(name)} is no CPU feature of IBM Z${hint}`)]
  })
}

/** Features that this QEMU does not know, or that came after the model. */
export function checkFeatures(one: Cpu, context: CpuContext): readonly Problem[] {
  return (one.features ?? []).flatMap((feature, i): Problem[] => {
    const { name } = feature
    if (!isFeature(name)) return []
    const path = `feature[${i + 1}]/@name`
    if (!hasSwitch(name, context)) {
      const { major, minor } = context.capabilities.version
      return [unsupported(path, `QEMU ${major}.${minor} does not know CPU feature ${quote(name)}`)]
    }
    const model = modelOf(one, context)
    const possible = featuresOfModel(model)?.possible
    const members = membersOf(name)
    if (policyOf(feature) === 'off' || possible === undefined) return []
    if (members.every((member) => possible.has(member))) return []
    const first = processors.find(({ name: later }) =>
      members.every((member) => featuresOfModel(later)?.possible.has(member)),
    )
    const since = first === undefined ? 'no model has' : `came with '${first.name}'`
    return [
      unsupported(
        path,
        `a '${processorByName(model)?.name ?? ''}' cannot have CPU feature ${quote(name)}, which ${since}`,
      ),
    ]
  })
}
