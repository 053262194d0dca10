import type { Cpu, CpuContext, CpuDriver, CpuFeature, HostInfo } from '@polyvirt/core/arch'
import { validateFeatures } from './check-features.ts'
import { check } from './cpu-check.ts'
import { baseline, compare } from './cpu-compare.ts'
import { offeredFeatures, policyOf, qemuName } from './cpu-features.ts'
import { cpuModels, dataOf, modelByData } from './cpu-models.ts'
import { isFree } from './qemu-cpus.ts'

/**
 * RISC-V CPUs: `rv64`, of which extensions are chosen, profiles, and chips as they are, under TCG; with
 * KVM the host's own. A domain that names none gets QEMU's default, as in libvirt.
 */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ virtType, capabilities }, written?: Cpu) {
    // With KVM the machine's own default is a name for what the host has.
    if (virtType === 'kvm') return { mode: 'host-passthrough', check: 'none' }
    // libvirt writes the default down where QEMU tells of its models, which older ones do not.
    if (written === undefined && capabilities.widestCpu === undefined) return undefined
    return {
      mode: 'custom',
      match: 'exact',
      check: 'none',
      model: defaultModel,
      fallback: 'forbid',
    }
  },
  check,
  validateFeatures,
  compare,
  baseline,
  argument(one, context) {
    const flags = (one.features ?? []).flatMap((feature): (readonly [string, string])[] => {
      const policy = policyOf(feature)
      return policy === undefined ? [] : [[qemuName(feature.name, context.capabilities), policy]]
    })
    if (one.mode === 'host-passthrough') return { model: 'host', flags }
    return { model: one.mode === 'maximum' ? 'max' : (one.model ?? defaultModel), flags }
  },
  host: hostCpu,
  decode(data, models) {
    const found = modelByData(data)
    if (found === undefined || models?.includes(found.name) === false) return undefined
    return { model: found.name, ...(found.vendor !== undefined && { vendor: found.vendor }) }
  },
  encode: (one) => dataOf(one.model ?? ''),
  update(one, context) {
    const { features, match } = one
    const optional = features?.some(({ policy }) => policy === 'optional') === true
    if (!optional && (one.mode !== 'custom' || match !== 'minimum')) return one
    return {
      ...one,
      ...(match === 'minimum' && { match: 'exact' as const }),
      ...(features !== undefined && { features: resolved(one, features, context) }),
    }
  },
}

/** What QEMU's virt has where nobody names a CPU (`default-cpu-type` of `query-machines`). */
const defaultModel = 'rv64'

/** Optional extensions become what QEMU can give: asked for where there is a switch, else left out. */
function resolved(
  one: Cpu,
  features: readonly CpuFeature[],
  context: CpuContext,
): readonly CpuFeature[] {
  const { virtType, capabilities } = context
  const widest = capabilities.widestCpu?.[virtType]
  const offered = one.mode === 'custom' && !isFree(one.model) ? [] : offeredFeatures(context)
  return features.flatMap((feature): CpuFeature[] => {
    if (feature.policy !== 'optional') return [feature]
    const has = offered.includes(feature.name) && widest?.[feature.name] !== false
    return has ? [{ policy: 'require', name: feature.name }] : []
  })
}

function hostCpu({ cpu: { model, vendor, features } }: HostInfo): Cpu | undefined {
  if (model === undefined) return undefined
  return {
    model,
    ...(vendor !== undefined && { vendor }),
    ...(features.length > 0 && { features: features.map((name) => ({ name })) }),
  }
}
