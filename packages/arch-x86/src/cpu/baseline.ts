import type { BaselineOptions, Cpu, CpuBaseline, CpuProperties, Problem } from '@polyvirt/core/arch'
import { decode } from './decode.ts'
import { expandFeatures } from './expand-features.ts'
import { featureOfQemu } from './feature-names.ts'
import { featuresOf, unknownWord } from './feature-set.ts'
import { modelByName } from './models.ts'
import { vendorId } from './vendors.ts'
import type { Vendor } from './vendors.ts'

/** The CPU of all features that these have in common, by the nearest model. */
export function baseline(cpus: readonly Cpu[], options: BaselineOptions = {}): CpuBaseline {
  const nameless = cpus.findIndex(({ model }) => model === undefined)
  if (nameless !== -1 || cpus.length === 0) {
    const message = `no CPU model specified at index ${Math.max(0, nameless)}`
    return { problem: { code: 'ERR_INVALID_ARG', message } }
  }
  const unknown = cpus.map(unknownWord).find((message) => message !== undefined)
  if (unknown !== undefined) return { problem: { code: 'ERR_INTERNAL_ERROR', message: unknown } }
  const vendor = commonVendor(cpus)
  if (typeof vendor === 'object') return { problem: vendor }
  const sets: readonly ReadonlySet<string>[] = [
    ...cpus.map(featuresOf),
    ...(options.widest === undefined ? [] : [featuresNamed(options.widest)]),
  ]
  const [first, ...rest] = sets
  const common = [...(first ?? [])].filter((name) => rest.every((other) => other.has(name)))
  if (common.length === 0) return failure('CPUs are incompatible')
  const names = new Set(cpus.map(({ model }) => model))
  const [preferred] = names.size === 1 ? names : []
  const found = decode(
    { features: new Set(common), ...(vendor !== undefined && { vendor }) },
    {
      of: 'guest',
      ...(preferred !== undefined && { preferred }),
      ...(options.migratable !== undefined && { migratable: options.migratable }),
      ...(options.models && { models: options.models }),
    },
  )
  if (found === undefined) return failure('Cannot find suitable CPU model for given data')
  const sure = found.model.name === preferred || options.models !== undefined
  const cpu: Cpu = {
    mode: 'custom',
    match: 'exact',
    model: found.model.name,
    fallback: sure ? 'forbid' : 'allow',
    // The vendor is told only where all CPUs told theirs.
    ...(vendor !== undefined && cpus.every((one) => one.vendor !== undefined) && { vendor }),
    ...(found.features.length > 0 && { features: found.features }),
  }
  return { cpu: options.expandFeatures === true ? expandFeatures(cpu) : cpu }
}

/** Features that an emulator has a switch for. That it can give them is not asked, as in libvirt. */
function featuresNamed(properties: CpuProperties): ReadonlySet<string> {
  const names = Object.entries(properties).flatMap(([name, value]) =>
    typeof value === 'boolean' ? (featureOfQemu(name) ?? []) : [],
  )
  return new Set(names)
}

/** The vendor of all of them, if any has one. The first CPU's model does not count, as in libvirt. */
function commonVendor(cpus: readonly Cpu[]): Vendor | undefined | Problem {
  let common: string | undefined
  for (const [index, { vendor, model }] of cpus.entries()) {
    const own = modelByName(model)?.vendor
    if (vendor !== undefined && vendorId(vendor) === undefined)
      return failure(`Unknown CPU vendor ${vendor}`).problem
    if (index > 0 && vendor !== undefined && own !== undefined && own !== vendor) {
      const message = `CPU vendor ${own} of model ${model ?? ''} differs from vendor ${vendor}`
      return failure(message).problem
    }
    const told = vendor ?? (index > 0 ? own : undefined)
    if (told === undefined) continue
    if (common !== undefined && common !== told) return failure('CPU vendors do not match').problem
    common = told
  }
  return common as Vendor | undefined
}

function failure(message: string): { readonly problem: Problem } {
  return { problem: { code: 'ERR_OPERATION_FAILED', message } }
}
