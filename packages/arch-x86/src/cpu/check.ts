import { nearest, quote } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { checkWords, validateFeatures } from './check-words.ts'
import { compare } from './compare.ts'
import { notForQemu } from './argument.ts'
import { featureOfQemu, qemuFeature } from './feature-names.ts'
import { featuresOf, policyOf } from './feature-set.ts'
import { inOrder } from './features.ts'
import { hostCpu, hostModel, offeredModels, widestProcessor } from './host-model.ts'
import { modelByName } from './models.ts'
import { update } from './update.ts'

/** All that can be known before a start. */
export function check(cpu: Cpu, context: CpuContext): readonly Problem[] {
  const words = [
    ...checkMode(cpu, context),
    ...validateFeatures(cpu),
    ...checkWords(cpu, context.host),
  ]
  // A verdict on words that mean nothing would only repeat that they mean nothing.
  const partial = words.length === 0 ? checkPartial(cpu, context) : []
  if (partial.length > 0) return partial
  const problems = [...words, ...checkModel(cpu, context)]
  if (problems.length > 0) return problems
  const unheard = checkHeardOf(cpu, context)
  return unheard.length > 0 ? unheard : checkFull(cpu, context)
}

/**
 * Features that this QEMU is too old to have heard of: it would end over them at the start. They are
 * the document's own, or those of a model that it would be made from another to be like.
 */
function checkHeardOf(cpu: Cpu, context: CpuContext): readonly Problem[] {
  const properties = context.capabilities.widestCpu?.qemu ?? context.capabilities.widestCpu?.kvm
  if (properties === undefined || cpu.mode !== 'custom') return []
  const { major, minor } = context.capabilities.version
  const qemu = `QEMU ${major}.${minor}`
  const unheard = (update(cpu, context).features ?? []).filter(
    (feature) =>
      ['require', 'force'].includes(policyOf(cpu, feature)) &&
      !notForQemu.includes(feature.name) &&
      !Object.hasOwn(properties, qemuFeature(feature.name)),
  )
  const own = (cpu.features ?? []).map(({ name }) => name)
  const problems = unheard
    .filter(({ name }) => own.includes(name))
    .map(({ name }): Problem => {
      const path = `feature[${own.indexOf(name) + 1}]`
      return { code: 'ERR_CONFIG_UNSUPPORTED', path, message: `${qemu} has no feature '${name}'` }
    })
  if (problems.length > 0 || unheard.length === 0) return problems
  const names = unheard.map(({ name }) => name).join(', ')
  const message = `${qemu} has no CPU model ${quote(cpu.model ?? '')} and cannot make it from another, because it has never heard of ${names}; name an older model`
  return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'model', message }]
}

function checkMode({ mode }: Cpu, { virtType }: CpuContext): readonly Problem[] {
  if (mode !== 'host-passthrough' || virtType === 'kvm') return []
  const message = `mode 'host-passthrough' needs KVM; with type='qemu' use mode 'maximum' or a model`
  return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: '@mode', message }]
}

/** QEMU's names that are no models: what they stand for has a mode of its own. */
const modeOfName: Readonly<Record<string, string>> = { host: 'host-passthrough', max: 'maximum' }

function checkModel(cpu: Cpu, context: CpuContext): readonly Problem[] {
  const { mode, match, model, fallback } = cpu
  // The host's CPU is judged by a model that is named beside it, so that must be one.
  if ((mode !== 'custom' && mode !== 'host-model') || model === undefined) return []
  const refuse = (message: string): readonly Problem[] => [
    { code: 'ERR_CONFIG_UNSUPPORTED', path: 'model', message },
  ]
  if (Object.hasOwn(modeOfName, model)) {
    const own = modeOfName[model] ?? ''
    return refuse(`${quote(model)} is not a CPU model; use mode '${own}'`)
  }
  const names = offeredModels(context).map(({ name }) => name)
  if (names.includes(model)) return []
  if (modelByName(model) !== undefined) {
    if (mode === 'host-model') return []
    // A minimum is not what the guest gets, so QEMU need not have it.
    if (fallback !== 'forbid' || match === 'minimum') return []
    return refuse(
      `this QEMU has no CPU model ${quote(model)}; with fallback='allow' it is made from one that it has`,
    )
  }
  const near = nearest(model, names)
  const hint = near === undefined ? '' : `; did you mean '${near}'?`
  return refuse(`this QEMU has no CPU model ${quote(model)}${hint}`)
}

/** The document's CPU against what a guest can get here, as libvirt before a start. */
function checkPartial(cpu: Cpu, context: CpuContext): readonly Problem[] {
  if (cpu.check !== 'partial') return []
  // A model of QEMU's that the tables do not know cannot be compared.
  const unknown = cpu.model !== undefined && modelByName(cpu.model) === undefined
  const host =
    hostModel(context) ?? (context.virtType === 'kvm' ? hostCpu(context.host) : undefined)
  if (unknown || host === undefined) return []
  const { result, reason = '' } = compare(host, cpu)
  if (result !== 'incompatible') return []
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: placeOf(cpu, reason), message: reason }]
}

/**
 * To forbid a feature is to refuse a host that has it. With `check='full'` libvirt looks for it among
 * what the host has beyond its model.
 */
function checkForbidden(cpu: Cpu, context: CpuContext): readonly Problem[] {
  const beyond = (hostModel(context)?.features ?? [])
    .filter(({ policy }) => policy === 'require')
    .map(({ name }) => name)
  return (cpu.features ?? []).flatMap(({ policy, name }, index): readonly Problem[] => {
    if (policy !== 'forbid' || !beyond.includes(name)) return []
    const path = `feature[${index + 1}]`
    const message = `Host CPU provides forbidden feature '${name}'`
    return [{ code: 'ERR_CPU_INCOMPATIBLE', path, message }]
  })
}

function placeOf({ model, features = [] }: Cpu, reason: string): string {
  if (reason.includes('vendor')) return 'vendor'
  if (reason.includes('strictly')) return '@match'
  const index = features.findIndex(({ name }) => reason.split(/[ ,]+/).includes(name))
  if (index !== -1) return `feature[${index + 1}]`
  return model === undefined ? '@mode' : 'model'
}

/**
 * What libvirt would find different once the guest runs, as far as it is known before: what cannot be
 * given is missing, and QEMU tells every guest that it is one.
 */
function checkFull(cpu: Cpu, context: CpuContext): readonly Problem[] {
  const whole = cpu.mode !== 'custom' && cpu.mode !== 'host-model'
  if (cpu.check !== 'full' || whole) return []
  const forbidden = checkForbidden(cpu, context)
  const widest = widestProcessor(context)
  if (forbidden.length > 0 || widest === undefined) return forbidden
  const exact = update(cpu, context)
  const off = (exact.features ?? [])
    .filter((feature) => ['disable', 'forbid'].includes(policyOf(exact, feature)))
    .map(({ name }) => name)
  const asked = featuresOf(exact)
  const offered = offeredModels(context).find(({ name }) => name === exact.model)
  const blocked = (offered?.unavailableFeatures ?? [])
    .flatMap((name) => featureOfQemu(name) ?? [])
    .filter((name) => !off.includes(name))
  const missing = inOrder([...[...asked].filter((name) => !widest.features.has(name)), ...blocked])
  const told = off.includes('hypervisor') || asked.has('hypervisor')
  const differences = [
    ...(told ? [] : ['extra features: hypervisor']),
    ...(missing.length === 0 ? [] : [`missing features: ${missing.join(', ')}`]),
  ]
  if (differences.length === 0) return []
  const message = `guest CPU doesn't match specification: ${differences.join(', ')}`
  const path = missing.length === 0 ? '@check' : placeOf(cpu, missing.join(' '))
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path, message }]
}
