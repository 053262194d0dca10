import { quote } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { featurePath } from '../../domain/features.ts'
import type { FeatureName } from '../../domain/features.ts'
import type { FeatureCondition } from '../../arch/feature-policy.ts'
import { isSince } from '../../qemu/capabilities.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** Features must have a row in the architecture's table. */
export function checkFeatures(domain: AddressedDomain, context: PlanContext): Problem[] {
  return [...features(domain, context), ...vendorId(domain), ...dirtyRing(domain)]
}

/** Goes behind `-cpu`, which QEMU splits at commas; the hypervisor leaf has room for 12 bytes. */
function vendorId(domain: AddressedDomain): Problem[] {
  const value = domain.features?.hypervVendorIdValue
  if (value === undefined || /^[\x20-\x2b\x2d-\x7e]{0,12}$/.test(value)) return []
  const message = `${quote(value)} is not a vendor id: at most 12 visible characters, no comma`
  return [{ code: 'ERR_XML_ERROR', path: 'features/hyperv/vendor_id/@value', message }]
}

/** Linux takes rings of a power of two, from 1024 on (Documentation/virt/kvm/api.rst, 8.29). */
function dirtyRing(domain: AddressedDomain): Problem[] {
  const { kvmDirtyRing, kvmDirtyRingSize: size = 0 } = domain.features ?? {}
  if (kvmDirtyRing !== true) return []
  if (size >= 1024 && size <= 65_536 && Math.log2(size) % 1 === 0) return []
  const message = `${size} is not the size of a ring: a power of two from 1024 to 65536`
  return [{ code: 'ERR_XML_ERROR', path: 'features/kvm/dirty-ring/@size', message }]
}

function features(domain: AddressedDomain, context: PlanContext): Problem[] {
  const { supported } = context.arch.features
  return Object.entries(domain.features ?? {}).flatMap(([key, value]): Problem[] => {
    const name = key as FeatureName
    if (value === undefined) return []
    const path = featurePath(name)
    const row = supported[name]
    if (row === undefined) {
      const offered = Object.keys(supported).map((one) => featurePath(one as FeatureName).slice(9))
      return [
        {
          code: 'ERR_CONFIG_UNSUPPORTED',
          path,
          message: `feature '${path.slice(9)}' is not offered on ${context.guest.name}; offered: ${
            offered.length === 0 ? 'none' : [...new Set(offered)].join(', ')
          }`,
        },
      ]
    }
    const refused = row.only === undefined ? undefined : refusal(row.only, value, domain, context)
    if (refused === undefined) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path,
        message: `feature '${path.slice(9)}' is refused: ${refused}`,
      },
    ]
  })
}

function refusal(
  only: FeatureCondition,
  value: string | boolean | number,
  domain: AddressedDomain,
  context: PlanContext,
): string | undefined {
  if (only.when?.includes(value) === false) return undefined
  if (only.values?.includes(value) === false) return only.reason ?? ''
  return misfit(only, domain, context)
}

/** Why a row is not for this machine with this accelerator and this QEMU, or nothing. */
export function misfit(
  only: Pick<FeatureCondition, 'machines' | 'virtType' | 'since' | 'reason'>,
  domain: AddressedDomain,
  { profile, capabilities }: PlanContext,
): string | undefined {
  const fits =
    (only.machines === undefined || only.machines.includes(profile.name)) &&
    (only.virtType === undefined || only.virtType === domain.type)
  if (!fits) return only.reason ?? ''
  if (isSince(capabilities, only.since)) return undefined
  const { major, minor } = capabilities.version
  return `needs QEMU ${only.since?.join('.') ?? ''}, and this is ${major}.${minor}`
}
