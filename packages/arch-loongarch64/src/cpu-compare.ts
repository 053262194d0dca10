import { quote } from '@polyvirt/core/arch'
import type { BaselineOptions, Cpu, CpuBaseline, CpuVerdict, Problem } from '@polyvirt/core/arch'
import { asked, featureNames, hasFeature } from './cpu-features.ts'
import { cpuModels, generationOf, modelByName } from './cpu-models.ts'

/**
 * Can this host run that CPU? A newer core of 64 bits does all that an older one does, and KVM shows a
 * guest which of them it is meant to be.
 */
export function compare(host: Cpu, guest: Cpu): CpuVerdict {
  const incompatible = (reason: string): CpuVerdict => ({ result: 'incompatible', reason })
  if (host.model === undefined) return incompatible(`the host's CPU is not known`)
  if (guest.mode === 'host-passthrough' || guest.mode === 'maximum' || guest.mode === 'host-model')
    return { result: 'identical' }
  if (guest.vendor !== undefined && host.vendor !== undefined && guest.vendor !== host.vendor)
    return incompatible(`the host's CPU is from ${host.vendor}, not from ${quote(guest.vendor)}`)
  const missing = missingFeatures(host, guest)
  if (missing.length > 0) return incompatible(`the host's CPU has no ${missing.join(', ')}`)
  if (guest.model === undefined || guest.model === host.model)
    return { result: hasMore(host, guest) ? 'superset' : 'identical' }
  if (modelByName(guest.model) === undefined)
    return {
      ...incompatible(`${quote(guest.model)} is no known LoongArch model`),
      problem: { code: 'ERR_INTERNAL_ERROR', message: `Unknown CPU model ${quote(guest.model)}` },
    }
  const own = generationOf(host.model)
  const wanted = generationOf(guest.model)
  if (own === undefined || wanted === undefined || own < wanted)
    return incompatible(`the host's CPU is ${host.model}, which is no ${guest.model}`)
  return { result: 'superset' }
}

/** A list of features is either complete or not there at all. */
function missingFeatures(host: Cpu, guest: Cpu): readonly string[] {
  const has = asked(host, 'on')
  return has.length === 0 ? [] : asked(guest, 'on').filter((name) => !hasFeature(has, name))
}

/** Features that the guest is not to have, and the host has. */
function hasMore(host: Cpu, guest: Cpu): boolean {
  const has = asked(host, 'on')
  const off = asked(guest, 'off')
  return featureNames.some((name) => off.includes(name) && hasFeature(has, name))
}

/** The CPU that all of these hosts can give: the oldest of their cores, as the emulator has it. */
export function baseline(cpus: readonly Cpu[], { models }: BaselineOptions = {}): CpuBaseline {
  const names: string[] = []
  for (const { model } of cpus) {
    if (model === undefined) return failed('ERR_XML_ERROR', 'a CPU without a <model>')
    if (modelByName(model) === undefined)
      return failed('ERR_INTERNAL_ERROR', `Unknown CPU model ${quote(model)}`)
    names.push(model)
  }
  const [first] = names
  if (first === undefined) return failed('ERR_INVALID_ARG', 'no CPU is given to find a baseline of')
  const isOne = names.every((name) => name === first)
  const narrow = names.find((name) => generationOf(name) === undefined)
  if (narrow !== undefined && !isOne) {
    const other = names.find((name) => name !== narrow) ?? first
    return failed(
      'ERR_OPERATION_FAILED',
      `CPUs are incompatible: ${narrow} has 32 bits, and ${other} has 64`,
    )
  }
  const oldest = cpuModels.find(({ name }) => names.includes(name))?.name ?? first
  const model = newestIn(
    oldest,
    models?.map(({ name }) => name),
  )
  if (model === undefined)
    return failed(
      'ERR_OPERATION_FAILED',
      `the emulator has no model that runs on ${oldest}; use mode='host-passthrough' on hosts that are alike`,
    )
  return { cpu: { mode: 'custom', match: 'exact', model, fallback: 'forbid' } }
}

/** This model, or the newest older one, out of those that the emulator has. */
function newestIn(wanted: string, offered: readonly string[] | undefined): string | undefined {
  if (offered === undefined || offered.includes(wanted)) return wanted
  const most = generationOf(wanted) ?? 0
  return cpuModels.findLast(
    ({ name }) => offered.includes(name) && (generationOf(name) ?? most + 1) <= most,
  )?.name
}

function failed(code: Problem['code'], message: string): CpuBaseline {
  return { problem: { code, message } }
}
