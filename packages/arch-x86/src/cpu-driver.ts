import type { CpuDriver } from '@polyvirt/core/arch'
import { argument } from './cpu/argument.ts'
import { baseline } from './cpu/baseline.ts'
import { validateFeatures } from './cpu/check-words.ts'
import { check } from './cpu/check.ts'
import { compare } from './cpu/compare.ts'
import { decode } from './cpu/decode.ts'
import { expandFeatures } from './cpu/expand-features.ts'
import { featuresOf } from './cpu/feature-set.ts'
import { hostCpu, hostModel } from './cpu/host-model.ts'
import { cpuModels, modelByName } from './cpu/models.ts'
import { fromRegisters, toRegisters } from './cpu/registers.ts'
import { translate, update } from './cpu/update.ts'
import { vendorId } from './cpu/vendors.ts'
import type { Vendor } from './cpu/vendors.ts'

/** x86 CPUs: a model is a set of CPUID bits, and what is asked and had are sets that are compared. */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, guest }) {
    const model =
      machine.defaultCpuType?.replace(/-(?:x86_64|i386)-cpu$/, '') ??
      (guest.wordSize === 32 ? 'qemu32' : 'qemu64')
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  migratableByDefault({ mode }, { capabilities }) {
    // libvirt asks for the switch of `max-x86_64-cpu`, so the 32-bit emulator has none for it, and
    // leaves mode `maximum` to QEMU.
    return mode === 'host-passthrough' ? capabilities.target === 'x86_64' : undefined
  },
  check,
  argument,
  compare,
  baseline,
  validateFeatures,
  host: hostCpu,
  decode(data, models) {
    const processor = fromRegisters(data)
    const found = decode(processor, {
      of: 'host',
      ...(models && { models: models.map((name) => ({ name })) }),
    })
    if (found === undefined) return undefined
    const { vendor } = processor
    return {
      model: found.model.name,
      ...(vendor !== undefined && { vendor }),
      features: found.features.map(({ name }) => ({ name })),
    }
  },
  encode(one) {
    const model = modelByName(one.model)
    const [first] = model?.signatures ?? []
    const vendor = one.vendor ?? model?.vendor
    return toRegisters({
      features: featuresOf(one),
      ...(vendor !== undefined && vendorId(vendor) !== undefined && { vendor: vendor as Vendor }),
      ...(first && { signature: { ...first, stepping: first.steppings?.[0] ?? 0 } }),
    })
  },
  update,
  translate: (one, models) =>
    translate(
      one,
      models.map((name) => ({ name })),
    ),
  hostModel,
  expandFeatures,
}
