import type { Cpu, CpuContext, CpuDriver, CpuFeature, HostInfo } from '@polyvirt/core/arch'
import { validateFeatures } from './check-features.ts'
import { check } from './cpu-check.ts'
import { baseline, compare } from './cpu-compare.ts'
import { hasFeature, offeredFeatures, policyOf } from './cpu-features.ts'
import { cpuModels, modelByPrid, pridOf } from './cpu-models.ts'

/**
 * LoongArch CPUs: one core under TCG, and that core or the host's own with KVM. What can be chosen are
 * vectors and a few features more.
 */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, virtType, capabilities, guest, host }) {
    // QEMU's default is one core, which not every host's can play.
    if (virtType === 'kvm' && guest.kvmHosts.includes(host.arch))
      return { mode: 'host-passthrough', check: 'none' }
    const found = capabilities.cpus.find(({ typename }) => typename === machine.defaultCpuType)
    if (machine.defaultCpuType === undefined || found === undefined) return undefined
    return { mode: 'custom', match: 'exact', check: 'none', model: found.name, fallback: 'forbid' }
  },
  check,
  validateFeatures,
  compare,
  baseline,
  argument(one, { capabilities }) {
    const flags = (one.features ?? []).flatMap((feature): (readonly [string, string])[] => {
      const policy = policyOf(feature)
      return policy === undefined ? [] : [[feature.name, policy]]
    })
    return { model: modelArgument(one, capabilities.cpus), flags }
  },
  update,
  host: hostCpu,
  decode({ prid }, models) {
    const found = prid === undefined ? undefined : modelByPrid(prid)
    if (found === undefined || models?.includes(found.name) === false) return undefined
    return { model: found.name, ...(found.vendor !== undefined && { vendor: found.vendor }) }
  },
  encode({ model }) {
    const prid = pridOf(model)
    return prid === undefined ? {} : { prid }
  },
}

/** With KVM `max` is the host's own: up to QEMU 11.1 there is no CPU of the name `host`. */
function modelArgument({ mode, model }: Cpu, cpus: CpuContext['capabilities']['cpus']): string {
  if (mode === 'maximum') return 'max'
  if (mode === 'host-passthrough') return cpus.some(({ name }) => name === 'host') ? 'host' : 'max'
  return model ?? ''
}

/** Optional features become what this accelerator can give. */
function update(one: Cpu, context: CpuContext): Cpu {
  const { features, match } = one
  const isOptional = features?.some(({ policy }) => policy === 'optional') === true
  const isMinimum = one.mode === 'custom' && match === 'minimum'
  if (!isOptional && !isMinimum) return one
  return {
    ...one,
    ...(isMinimum && { match: 'exact' as const }),
    ...(features !== undefined && { features: decided(one, features, context) }),
  }
}

function decided(
  one: Cpu,
  features: readonly CpuFeature[],
  context: CpuContext,
): readonly CpuFeature[] {
  const offered = offeredFeatures(one, context)
  const { features: own } = context.host.cpu
  return features.flatMap((feature): CpuFeature[] => {
    if (feature.policy !== 'optional') return [feature]
    const isHere = context.virtType !== 'kvm' || hasFeature(own, feature.name)
    return isHere && offered.includes(feature.name)
      ? [{ policy: 'require', name: feature.name }]
      : []
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
