import { quote } from '@polyvirt/core/arch'
import type { BaselineOptions, Cpu, CpuBaseline, CpuVerdict } from '@polyvirt/core/arch'
import { asked } from './cpu-features.ts'

/**
 * Can this host run that CPU? KVM on RISC-V lends guests the host's own core, so only the same core
 * will do, with no extension more than it has.
 */
export function compare(host: Cpu, guest: Cpu): CpuVerdict {
  const incompatible = (reason: string): CpuVerdict => ({ result: 'incompatible', reason })
  const isKnown = host.model !== undefined || (host.features ?? []).length > 0
  if (!isKnown) return incompatible(`the host's CPU is not known`)
  if (guest.mode === 'host-passthrough' || guest.mode === 'maximum' || guest.mode === 'host-model')
    return { result: 'identical' }
  if (guest.vendor !== undefined && host.vendor !== undefined && guest.vendor !== host.vendor)
    return incompatible(`the host's CPU is from ${host.vendor}, not from ${quote(guest.vendor)}`)
  if (guest.model !== undefined && guest.model !== host.model)
    return incompatible(
      `the host's CPU is ${host.model ?? 'of no known model'}, not ${quote(guest.model)}, and on RISC-V one is not run as another; use mode='host-passthrough'`,
    )
  // A list of extensions is either complete or not there at all.
  const has = asked(host, 'on')
  const missing = has.length === 0 ? [] : asked(guest, 'on').filter((name) => !has.includes(name))
  if (missing.length > 0) return incompatible(`the host's CPU has no ${missing.join(', ')}`)
  const more = has.some((name) => asked(guest, 'off').includes(name))
  return { result: more ? 'superset' : 'identical' }
}

/** The CPU that all of these hosts can give: the one that they have, if it is one. */
export function baseline(cpus: readonly Cpu[], { models }: BaselineOptions = {}): CpuBaseline {
  const [first] = cpus
  if (first === undefined)
    return {
      problem: { code: 'ERR_INVALID_ARG', message: 'no CPU is given to find a baseline of' },
    }
  const { model } = first
  if (model === undefined)
    return { problem: { code: 'ERR_XML_ERROR', message: 'a CPU without a <model>' } }
  const other = cpus.find((one) => one.model !== model)
  if (other !== undefined)
    return failed(
      `CPUs are incompatible: ${model} and ${other.model ?? 'one without a model'} have nothing in common that a guest could be given`,
    )
  if (models !== undefined && !models.some(({ name }) => name === model))
    return failed(`the baseline ${model} is none of the models that the emulator has`)
  return { cpu: { mode: 'custom', match: 'exact', model, fallback: 'allow' } }
}

function failed(message: string): CpuBaseline {
  return { problem: { code: 'ERR_OPERATION_FAILED', message } }
}
