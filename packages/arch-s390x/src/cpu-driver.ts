import type { Cpu, CpuContext, CpuDriver } from '@polyvirt/core/arch'
import { validateFeatures } from './check-features.ts'
import { check } from './cpu-check.ts'
import { baseline } from './cpu-baseline.ts'
import { compare } from './cpu-compare.ts'
import { cpuModels } from './cpu-models.ts'
import { condensed, featuresOf, policyOf } from './feature-sets.ts'
import { hostCpu, hostModel } from './host-model.ts'
import { decode, encode } from './registers.ts'

/**
 * CPUs of IBM Z: a model is a generation and its level, and a set of features; QEMU knows what each
 * has and can have, and so does this driver.
 */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, capabilities, virtType }) {
    // libvirt's choice with KVM: what the host has and may move, where QEMU tells what that is.
    if (virtType === 'kvm')
      return capabilities.widestModel?.kvm === undefined
        ? { mode: 'host-passthrough', check: 'none' }
        : { mode: 'host-model', check: 'partial' }
    const model = machine.defaultCpuType?.replace(/-s390x-cpu$/, '')
    if (model === undefined) return undefined
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check,
  validateFeatures,
  compare,
  baseline,
  argument(one) {
    const flags = (one.features ?? []).map((feature) => [feature.name, policyOf(feature)] as const)
    return { model: modelArgument(one), flags }
  },
  update,
  hostModel,
  host: hostCpu,
  decode,
  encode,
  expandFeatures(one) {
    const all = featuresOf(one)
    if (all === undefined) return one
    return { ...one, features: condensed(all).map((name) => ({ policy: 'require', name })) }
  },
}

function modelArgument({ mode, model }: Cpu): string {
  if (mode === 'maximum') return 'max'
  return mode === 'host-passthrough' ? 'host' : (model ?? '')
}

/** The host's CPU by name and features, with what the document says of them said last. */
function update(one: Cpu, context: CpuContext): Cpu {
  if (one.mode !== 'host-model') return one
  const host = hostModel(context)
  if (host === undefined) return one
  const { model: _, fallback: __, features = [], ...rest } = one
  const said = new Set(features.map(({ name }) => name))
  const kept = (host.features ?? []).filter(({ name }) => !said.has(name))
  return { ...rest, ...host, match: 'exact', features: [...kept, ...features] }
}
