import { quote } from '@polyvirt/core/arch'
import type { Cpu, CpuVerdict } from '@polyvirt/core/arch'
import { isAsNew, isMachineless, processorByName } from './cpu-models.ts'
import { condensed, featuresOf } from './feature-sets.ts'
import { minus } from './sets.ts'

/**
 * Can this host run that CPU? It can be any older model than its own, with all features that both have
 * (QEMU's rule, `query-cpu-model-comparison`).
 */
export function compare(host: Cpu, guest: Cpu): CpuVerdict {
  const incompatible = (reason: string): CpuVerdict => ({ result: 'incompatible', reason })
  const hostProcessor = processorByName(host.model)
  const has = featuresOf(host)
  if (host.model === undefined) return incompatible(`the host's CPU is not known`)
  if (isMachineless(host.model)) return compareMachineless(host, guest)
  if (hostProcessor === undefined || has === undefined)
    return incompatible(`the host's CPU ${quote(host.model)} is no known machine of IBM Z`)
  if (guest.vendor !== undefined && guest.vendor !== 'IBM')
    return incompatible(`the host's CPU is from IBM, not from ${quote(guest.vendor)}`)
  switch (guest.mode) {
    case 'host-passthrough':
    case 'maximum':
    case 'host-model':
      return { result: 'identical' }
    case 'custom':
    case undefined:
      break
  }
  if (guest.model === undefined || guest.model === 'max') return { result: 'identical' }
  const processor = processorByName(guest.model)
  const asked = featuresOf(guest)
  if (processor === undefined || asked === undefined) {
    const message = `Unknown CPU model ${quote(guest.model)}`
    return {
      ...incompatible(`${quote(guest.model)} is no known machine of IBM Z`),
      problem: { code: 'ERR_INTERNAL_ERROR', message },
    }
  }
  if (!isAsNew(hostProcessor, processor))
    return incompatible(
      `the host's CPU is ${hostProcessor.name}, which is older than ${processor.name}`,
    )
  const missing = condensed(minus(asked, has))
  if (missing.length > 0) return incompatible(`the host's CPU has no ${missing.join(', ')}`)
  const same = isAsNew(processor, hostProcessor) && minus(has, asked).size === 0
  return { result: same ? 'identical' : 'superset' }
}

/** Of a CPU that is each QEMU's own affair, only the same one is known to fit. */
function compareMachineless(host: Cpu, guest: Cpu): CpuVerdict {
  const said = ({ features = [] }: Cpu): string =>
    features
      .map(({ name, policy = 'require' }) => `${policy} ${name}`)
      .toSorted()
      .join()
  if (host.model === guest.model && said(host) === said(guest)) return { result: 'identical' }
  const reason = `what '${host.model ?? ''}' has differs from one QEMU to the next; name a machine such as z14`
  return { result: 'incompatible', reason }
}
