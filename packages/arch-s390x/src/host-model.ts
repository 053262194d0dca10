import type { Cpu, CpuContext, HostInfo } from '@polyvirt/core/arch'
import { processorByName } from './cpu-models.ts'
import { differences, expanded, featuresOfModel } from './feature-sets.ts'
import { availableFeatures } from './qemu-cpus.ts'
import { decode } from './registers.ts'

/**
 * Mode `host-model`: the newest model whose own features KVM gives in full, which QEMU names, with all
 * others by name. So it means the same to every QEMU, and can move.
 */
export function hostModel(context: CpuContext): Cpu | undefined {
  const { capabilities, virtType } = context
  const name = capabilities.widestModel?.kvm
  const available = availableFeatures(context)
  if (virtType !== 'kvm' || name === undefined || available === undefined) return undefined
  const model = `${processorByName(name)?.name ?? ''}-base`
  if (featuresOfModel(model) === undefined) return undefined
  return {
    mode: 'custom',
    match: 'exact',
    model,
    fallback: 'forbid',
    features: differences(model, available),
  }
}

/** The host by its machine type and facilities, as the kernel shows them. */
export function hostCpu({
  cpu: { registers, model, vendor, features },
}: HostInfo): Cpu | undefined {
  if (registers !== undefined) {
    const found = decode(registers)
    if (found !== undefined) return found
  }
  if (model === undefined) return undefined
  return {
    model,
    ...(vendor !== undefined && { vendor }),
    ...(features.length > 0 && {
      features: [...expanded(features)].map((name) => ({ policy: 'require', name })),
    }),
  }
}
