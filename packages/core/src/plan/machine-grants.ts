import type { MachineCapability, MachineGrants } from '../arch/machine-builder.ts'
import { featurePath } from '../domain/features.ts'
import type { FeatureName, Features } from '../domain/features.ts'
import type { Domain } from '../domain/domain.ts'
import { quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { note } from './defaults/defaulting.ts'
import type { Defaulting } from './defaults/defaulting.ts'
import type { PlanContext } from './plan-context.ts'

/** The rule that records what was granted in place of QEMU's default. */
export const grantRule = 'machine/capabilities'

/** A capability that a definition names. */
export interface NamedCapability {
  /** `features/cfpc`. */
  readonly path: string
  /** The element: `cfpc`, `hpt/maxpagesize`. */
  readonly feature: string
  readonly level: string
  readonly capability: MachineCapability
}

/** Machine capabilities that a document asks for, or that were granted and recorded in it. */
export function namedCapabilities(
  domain: Domain,
  capabilities: readonly MachineCapability[] = [],
): readonly NamedCapability[] {
  return capabilities.flatMap((capability) => {
    const level = levelOf(domain.features ?? {}, capability.feature)
    if (level === undefined) return []
    const path = featurePath(capability.feature)
    return [{ path, feature: path.replace(/^features\//, ''), level, capability }]
  })
}

/** Name of a capability's element in `<domainCapabilities>`, where it has no parent. */
export function capabilityName(feature: FeatureName): string {
  return featurePath(feature)
    .replace(/^features\//, '')
    .replaceAll('/', '-')
}

/** `default` leaves the choice to QEMU, and so says nothing. */
export function levelOf(features: Features, name: FeatureName): string | undefined {
  const value = features[name]
  return value === undefined || value === 'default' ? undefined : String(value)
}

/** The document's spelling of a level, as a model value: libvirt's sizes are numbers. */
export function featureValue(level: string): string | number {
  return /^\d+$/.test(level) ? Number(level) : level
}

/**
 * Where this host does not grant what QEMU asks for by itself, the strongest level that it grants is
 * written into the definition, so that the guest stays the same one wherever it goes.
 */
export function defaultGrants(d: Defaulting): void {
  const { domain, context } = d
  const grants = context.grants ?? {}
  for (const { feature, property } of context.arch.machine.capabilities ?? []) {
    const grant = grants[property]
    if (grant?.default === undefined || grant.granted.includes(grant.default)) continue
    if (levelOf(domain.features ?? {}, feature) !== undefined) continue
    const strongest = grant.granted.at(-1)
    if (strongest === undefined) continue
    const features = (domain.features ??= {}) as Record<string, unknown>
    features[feature] = featureValue(strongest)
    note(d, featurePath(feature), strongest, {
      rule: grantRule,
      reason: `QEMU asks for '${grant.default}', which this host does not grant; this is the strongest it does`,
      arch: true,
    })
  }
}

/** Levels that a document demands and this host has not. */
export function checkGrants(domain: Domain, context: PlanContext): readonly Problem[] {
  const grants: MachineGrants = context.grants ?? {}
  return namedCapabilities(domain, context.arch.machine.capabilities).flatMap(
    (named): Problem[] => {
      const { path, feature, level, capability } = named
      const grant = grants[capability.property]
      const refused = grant?.refused[level]
      if (grant === undefined || refused === undefined) return []
      const best = grant.granted.at(-1)
      const way =
        best === undefined
          ? 'it grants no level of it: leave the element out'
          : `it grants: ${grant.granted.join(', ')}; use ${written(capability.feature, best)}`
      return [
        {
          code: 'ERR_CONFIG_UNSUPPORTED',
          path,
          message: `${feature} '${level}' is not granted by this host with ${domain.type === 'kvm' ? 'KVM' : 'TCG'}: QEMU says ${quote(refused, 300)}; ${way}`,
        },
      ]
    },
  )
}

/** The element that asks for a level: `<cfpc value='workaround'/>`. */
function written(feature: FeatureName, level: string): string {
  const name = featurePath(feature).replace(/^features\//, '')
  const parts = name.split('/')
  if (parts.length > 1)
    return `<${parts.join('><')} unit='KiB'>${level}</${parts.toReversed().join('></')}>`
  return `<${name} ${level === 'on' || level === 'off' ? 'state' : 'value'}='${level}'/>`
}
