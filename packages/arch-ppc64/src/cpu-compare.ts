import { quote } from '@polyvirt/core/arch'
import type { BaselineOptions, Cpu, CpuBaseline, CpuVerdict, Problem } from '@polyvirt/core/arch'
import { canonicalModel, compatLevelsOf, generationOf, modelByName } from './cpu-models.ts'

/**
 * Can this host run that CPU? Never by having more than is asked: a newer chip is not an older one,
 * but most can behave as one, which is what `host-model` with a compatibility mode asks for.
 */
export function compare(host: Cpu, guest: Cpu): CpuVerdict {
  const incompatible = (reason: string): CpuVerdict => ({ result: 'incompatible', reason })
  if (host.model === undefined) return incompatible(`the host's CPU is not known`)
  const hostModel = modelByName(canonicalModel(host.model))
  if (hostModel === undefined)
    return incompatible(`the host's CPU ${quote(host.model)} is no known Power model`)
  if (guest.vendor !== undefined && guest.vendor !== host.vendor) {
    return incompatible(
      `the host's CPU is ${host.vendor === undefined ? 'of an unknown vendor' : `from ${host.vendor}`}, not from ${quote(guest.vendor)}`,
    )
  }
  switch (guest.mode) {
    case 'host-passthrough':
    case 'maximum':
      return { result: 'identical' }
    case 'host-model':
      return compareLevel(hostModel.name, guest.model)
    case 'custom':
    case undefined:
      break
  }
  if (guest.model === undefined) return { result: 'identical' }
  const guestModel = canonicalModel(guest.model)
  if (guestModel === hostModel.name) return { result: 'identical' }
  if (modelByName(guestModel) === undefined) {
    const message = `Unknown CPU model ${quote(guest.model)}`
    return {
      ...incompatible(`${quote(guest.model)} is no known Power model`),
      problem: { code: 'ERR_INTERNAL_ERROR', message },
    }
  }
  return incompatible(`the host's CPU is ${hostModel.name}, not ${guestModel}${wayOut()}`)

  function wayOut(): string {
    const level = guestModel.toLowerCase()
    return compatLevelsOf(hostModel?.name).includes(level)
      ? `; it behaves as one with <cpu mode='host-model'><model>${level}</model></cpu>`
      : ''
  }
}

function compareLevel(host: string, level: string | undefined): CpuVerdict {
  const levels = compatLevelsOf(host)
  if (level === undefined || levels.includes(level)) return { result: 'identical' }
  return {
    result: 'incompatible',
    reason:
      levels.length === 0
        ? `a ${host} host has no compatibility modes, so not ${quote(level)}`
        : `a ${host} host cannot run in compatibility mode ${quote(level)}, only in ${levels.join(', ')}`,
  }
}

/**
 * The CPU that all of these hosts can give. Hosts of one generation are that CPU; hosts of different
 * ones share the newest compatibility mode that the oldest has, which is what a cluster's guests
 * need so that they can migrate.
 */
export function baseline(cpus: readonly Cpu[], options: BaselineOptions = {}): CpuBaseline {
  const names: string[] = []
  for (const one of cpus) {
    const found = modelOf(one)
    if (typeof found !== 'string') return { problem: found }
    names.push(found)
  }
  const [first] = names
  if (first === undefined)
    return {
      problem: { code: 'ERR_INVALID_ARG', message: 'no CPU is given to find a baseline of' },
    }
  const same = names.every((name) => name === first)
  // Asked for the compatibility mode of one host, a guest keeps it.
  if (same && !cpus.some(({ mode }) => mode === 'host-model')) return exact(first, options)
  const shared = compatLevelsOf(oldest(names)).at(-1)
  const apart = names.find((name) => compatLevelsOf(name).length === 0)
  if (apart !== undefined || shared === undefined) {
    const other = names.find((name) => name !== apart) ?? first
    return failed(
      `CPUs are incompatible: ${apart} and ${other} have no compatibility mode in common`,
    )
  }
  return { cpu: { mode: 'host-model', model: shared } }
}

function exact(model: string, { models }: BaselineOptions): CpuBaseline {
  if (models !== undefined && !models.some(({ name }) => canonicalModel(name) === model))
    return failed(`the baseline ${model} is none of the models that the emulator has`)
  // libvirt leaves the vendor out where the model implies it.
  return { cpu: { mode: 'custom', match: 'exact', model, fallback: 'forbid' } }
}

/** The generation that a CPU of the list stands for. */
function modelOf({ mode, model, vendor }: Cpu): string | Problem {
  if (model === undefined) return { code: 'ERR_XML_ERROR', message: 'a CPU without a <model>' }
  const level = mode === 'host-model' ? model.toUpperCase() : canonicalModel(model)
  const known = modelByName(level)
  if (known === undefined)
    return { code: 'ERR_INTERNAL_ERROR', message: `Unknown CPU model ${quote(model)}` }
  if (vendor !== undefined && vendor !== known.vendor) {
    return {
      code: 'ERR_OPERATION_FAILED',
      message: `CPU vendor ${known.vendor ?? 'unknown'} of model ${known.name} differs from vendor ${quote(vendor)}`,
    }
  }
  return known.name
}

function oldest(names: readonly string[]): string | undefined {
  return names.toSorted((a, b) => (generationOf(a) ?? 0) - (generationOf(b) ?? 0))[0]
}

function failed(message: string): CpuBaseline {
  return { problem: { code: 'ERR_OPERATION_FAILED', message } }
}
