import type { Cpu, CpuVerdict } from '@polyvirt/core/arch'
import { featuresOf, featuresWith, unknownWord } from './feature-set.ts'
import { inOrder } from './features.ts'
import { modelByName } from './models.ts'

/** Can a host with the first CPU run the second? Reasons are libvirt's sentences. */
export function compare(host: Cpu, guest: Cpu): CpuVerdict {
  const unknown = unknownWord(host) ?? unknownWord(guest)
  if (unknown !== undefined) {
    const problem = { code: 'ERR_INTERNAL_ERROR', message: unknown } as const
    return { ...incompatible(unknown), problem }
  }
  if (host.model === undefined) return incompatible('unknown host CPU')
  const vendor = host.vendor ?? modelByName(host.model)?.vendor
  if (guest.vendor !== undefined && guest.vendor !== vendor)
    return incompatible(`host CPU vendor does not match required CPU vendor ${guest.vendor}`)
  return compareFeatures(featuresOf(host), guest)
}

function compareFeatures(host: ReadonlySet<string>, guest: Cpu): CpuVerdict {
  const forbidden = inOrder(featuresWith(guest, 'forbid')).filter((name) => host.has(name))
  if (forbidden.length > 0)
    return incompatible(`Host CPU provides forbidden features: ${forbidden.join(', ')}`)
  const settled = featuresWith(guest, 'force', 'optional', 'disable')
  const required = inOrder(featuresWith(guest, 'require')).filter((name) => !settled.has(name))
  const missing = required.filter((name) => !host.has(name))
  if (missing.length > 0)
    return incompatible(`Host CPU does not provide required features: ${missing.join(', ')}`)
  const extra = inOrder(host).filter((name) => !settled.has(name) && !required.includes(name))
  if (extra.length === 0) return { result: 'identical' }
  if (guest.mode === undefined || guest.match !== 'strict') return { result: 'superset' }
  return incompatible(
    `Host CPU does not strictly match guest CPU: Extra features: ${extra.join(', ')}`,
  )
}

function incompatible(reason: string): CpuVerdict {
  return { result: 'incompatible', reason }
}
