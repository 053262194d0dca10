import type { Cpu, CpuContext, CpuProperties, HostInfo } from '@polyvirt/core/arch'
import { decode } from './decode.ts'
import type { OfferedModel } from './decode.ts'
import { featureOfQemu } from './feature-names.ts'
import { isMigratable } from './features.ts'
import type { Processor } from './registers.ts'
import { vendorId, vendorOfId } from './vendors.ts'
import type { Vendor } from './vendors.ts'

/** The host's own processor, as its reader found it. */
export function hostProcessor({ cpu }: HostInfo): Processor {
  const { vendor, signature } = cpu
  return {
    features: new Set(cpu.features),
    ...(vendor !== undefined && vendorId(vendor) !== undefined && { vendor: vendor as Vendor }),
    ...(signature !== undefined && { signature }),
  }
}

/** The host's CPU as `capabilities` shows it: the features of its model are not repeated. */
export function hostCpu(host: HostInfo): Cpu | undefined {
  if (host.cpu.features.length === 0) return undefined
  const found = decode(hostProcessor(host), { of: 'host' })
  if (found === undefined) return undefined
  const { vendor } = host.cpu
  return {
    model: found.model.name,
    ...(vendor !== undefined && { vendor }),
    features: found.features.map(({ name }) => ({ name })),
  }
}

/** All that a guest can get here: the widest CPU of this QEMU and accelerator, or the host's own. */
export function widestProcessor({
  capabilities,
  virtType,
  host,
}: CpuContext): Processor | undefined {
  const properties = capabilities.widestCpu?.[virtType === 'kvm' ? 'kvm' : 'qemu']
  if (properties !== undefined) return processorOf(properties)
  return virtType === 'kvm' && host.cpu.features.length > 0 ? hostProcessor(host) : undefined
}

/** What mode `host-model` means here; nothing where QEMU did not tell what it can give. */
export function hostModel(context: CpuContext): Cpu | undefined {
  const { capabilities, virtType } = context
  const accelerator = virtType === 'kvm' ? 'kvm' : 'qemu'
  // Without QEMU's word it is the host that decides, and that is not part of the capabilities.
  if (capabilities.widestCpu?.[accelerator] === undefined) return findHostModel(context)
  const known = hostModels.get(capabilities) ?? {}
  hostModels.set(capabilities, known)
  return (known[accelerator] ??= findHostModel(context))
}

/** Each plan asks several times what a QEMU can give, and the search compares it with every model. */
const hostModels = new WeakMap<
  CpuContext['capabilities'],
  Partial<Record<'kvm' | 'qemu', Cpu | undefined>>
>()

function findHostModel(context: CpuContext): Cpu | undefined {
  const widest = widestProcessor(context)
  if (widest === undefined) return undefined
  const found = decode(widest, { of: 'guest', models: offeredModels(context) })
  if (found === undefined) return undefined
  return {
    mode: 'custom',
    match: 'exact',
    model: found.model.name,
    fallback: 'forbid',
    ...(widest.vendor !== undefined && { vendor: widest.vendor }),
    features: found.features,
  }
}

/** The same without what keeps a guest from moving: the CPU that a guest is given. */
export function migratableHostModel(context: CpuContext): Cpu | undefined {
  const cpu = hostModel(context)
  if (cpu === undefined) return undefined
  // KVM's answer leaves them out by itself, by the newer rules of QEMU.
  if (context.capabilities.widestCpu?.kvm !== undefined && context.virtType === 'kvm') return cpu
  return { ...cpu, features: (cpu.features ?? []).filter(({ name }) => isMigratable(name)) }
}

/** QEMU's models, with what the accelerator cannot give of them. */
export function offeredModels({ capabilities, virtType }: CpuContext): readonly OfferedModel[] {
  return (virtType === 'kvm' ? capabilities.kvm.cpus : undefined) ?? capabilities.cpus
}

/** What a CPU by these properties of QEMU's says of itself. */
function processorOf(properties: CpuProperties): Processor {
  const features = Object.entries(properties).flatMap(([name, value]) =>
    value === true ? (featureOfQemu(name) ?? []) : [],
  )
  const { vendor: id, family, model, stepping } = properties
  const vendor = typeof id === 'string' ? vendorOfId(id) : undefined
  return {
    features: new Set(features),
    ...(vendor !== undefined && { vendor }),
    ...(typeof family === 'number' &&
      typeof model === 'number' && {
        signature: { family, model, stepping: typeof stepping === 'number' ? stepping : 0 },
      }),
  }
}
