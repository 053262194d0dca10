import type { Cpu, CpuContext, CpuDriver, CpuFeature } from '@polyvirt/core/arch'
import { validateFeatures } from './check-features.ts'
import { check } from './cpu-check.ts'
import { baseline, compare } from './cpu-compare.ts'
import { offeredFeatures, policyOf, withImplied } from './cpu-features.ts'
import { cpuModels, modelByMidr, modelByName } from './cpu-models.ts'

/**
 * Arm CPUs: a core is what it is. Emulated ones are QEMU's by its own names; with KVM a guest has the
 * host's. What can be chosen is the length of vectors.
 */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, virtType, capabilities }) {
    // QEMU's own default is a core of 32 bits, which KVM does not take.
    if (virtType === 'kvm') return { mode: 'host-passthrough', check: 'none' }
    const found = capabilities.cpus.find(({ typename }) => typename === machine.defaultCpuType)
    const model = found?.name ?? machine.defaultCpuType?.replace(/-arm-cpu$/, '')
    if (model === undefined) return undefined
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check,
  validateFeatures,
  compare,
  baseline,
  argument(one) {
    const flags = withImplied(one.features ?? []).flatMap((feature) => {
      const value = policyOf(feature)
      return value === undefined ? [] : [[feature.name, value] as const]
    })
    return { model: modelArgument(one), flags }
  },
  update,
  host({ cpu: { model, vendor, features } }) {
    if (model === undefined) return undefined
    return {
      model,
      ...(vendor !== undefined && { vendor }),
      ...(features.length > 0 && { features: features.map((name) => ({ name })) }),
    }
  },
  decode({ midr }, models) {
    const found = midr === undefined ? undefined : modelByMidr(midr, models)
    if (found === undefined) return undefined
    return { model: found.name, ...(found.vendor !== undefined && { vendor: found.vendor }) }
  },
  encode({ model }) {
    const midr = modelByName(model)?.midr
    return midr === undefined ? {} : { midr }
  },
}

function modelArgument({ mode, model }: Cpu): string {
  if (mode === 'maximum') return 'max'
  return mode === 'host-passthrough' ? 'host' : (model ?? '')
}

/** Optional features become what this accelerator can give; a vector length brings SVE along. */
function update(one: Cpu, context: CpuContext): Cpu {
  const { features } = one
  if (features === undefined) return one
  const decided = withImplied(decide(one, features, context))
  const same =
    decided.length === features.length && decided.every((feature, i) => feature === features[i])
  return same ? one : { ...one, features: decided }
}

function decide(
  one: Cpu,
  features: readonly CpuFeature[],
  context: CpuContext,
): readonly CpuFeature[] {
  const { virtType, capabilities } = context
  const widest = capabilities.widestCpu?.[virtType]
  const offered = offeredFeatures(one, context)
  return features.flatMap((feature): CpuFeature[] => {
    if (feature.policy !== 'optional') return [feature]
    const has =
      offered.includes(feature.name) && (virtType !== 'kvm' || widest?.[feature.name] === true)
    return has ? [{ policy: 'require', name: feature.name }] : []
  })
}
