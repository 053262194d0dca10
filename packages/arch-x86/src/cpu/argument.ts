import type { Cpu, CpuArgument, CpuContext } from '@polyvirt/core/arch'
import { qemuFeature } from './feature-names.ts'

type Flags = readonly (readonly [string, string])[]

/**
 * Features that libvirt knows of a host and QEMU does not take: they follow from others, or are of
 * no use to a guest (libvirt's answer to all of its features on one command line).
 */
export const notForQemu: readonly string[] = [
  'cmt',
  'mbm_total',
  'mbm_local',
  'osxsave',
  'ospke',
  // QEMU has no names for these two, and older ones wrong names for the others.
  'vmx-ept-uc',
  'vmx-ept-wb',
  'vmx-invvpid-single-context',
  'vmx-invvpid-single-context-noglobals',
]

/** Modes that take a CPU as a whole. */
const wholeModes: readonly Cpu['mode'][] = ['host-passthrough', 'maximum']

/** libvirt's `-cpu`. */
export function argument(cpu: Cpu, context: CpuContext): CpuArgument {
  const model = modelArgument(cpu, context)
  const flags = [...migratable(cpu, context), ...vendor(cpu), ...features(cpu, context)]
  const lastFlags = [...cache(cpu), ...addressBits(cpu)]
  return { model, flags, ...(lastFlags.length > 0 && { lastFlags }) }
}

function modelArgument({ mode, model }: Cpu, { virtType, guest }: CpuContext): string {
  if (mode === 'host-passthrough') return 'host'
  if (mode === 'maximum') return 'max'
  // Where QEMU did not say what it can give, it gives all of it.
  if (mode === 'host-model') return virtType === 'qemu' ? 'max' : 'host'
  return model ?? (guest.wordSize === 32 ? 'qemu32' : 'qemu64')
}

function migratable({ mode, migratable: asked }: Cpu, { capabilities }: CpuContext): Flags {
  // libvirt looks for the switch where the 64-bit emulator has it, and nowhere else.
  if (!wholeModes.includes(mode) || capabilities.target !== 'x86_64') return []
  const value = asked ?? (mode === 'host-passthrough' ? true : undefined)
  return value === undefined ? [] : [['migratable', value ? 'on' : 'off']]
}

/** The widest CPU and the host's own have the vendor that they have. */
function vendor({ mode, vendorId }: Cpu): Flags {
  return vendorId === undefined || wholeModes.includes(mode) ? [] : [['vendor', vendorId]]
}

function features(cpu: Cpu, { capabilities }: CpuContext): Flags {
  const known = capabilities.widestCpu?.qemu ?? capabilities.widestCpu?.kvm
  return (cpu.features ?? []).flatMap(({ policy, name }): Flags => {
    if (policy === 'optional' || notForQemu.includes(name)) return []
    const property = qemuFeature(name)
    if (policy !== 'disable' && policy !== 'forbid') return [[property, 'on']]
    // What this QEMU has never heard of is off already, and naming it would be an error.
    if (known !== undefined && !Object.hasOwn(known, property)) return []
    return [[property, 'off']]
  })
}

function cache({ mode, cacheMode }: Cpu): Flags {
  if (cacheMode === undefined) return []
  const passed = ['host-cache-info', cacheMode === 'passthrough' ? 'on' : 'off'] as const
  const level3 = ['l3-cache', cacheMode === 'emulate' ? 'on' : 'off'] as const
  if (!wholeModes.includes(mode)) return [level3]
  return cacheMode === 'emulate' ? [level3, passed] : [passed, level3]
}

/** How wide the guest's physical addresses are. */
function addressBits({ maxphysaddrMode, maxphysaddrBits, maxphysaddrLimit }: Cpu): Flags {
  if (maxphysaddrMode === 'emulate' && maxphysaddrBits !== undefined)
    return [['phys-bits', String(maxphysaddrBits)]]
  if (maxphysaddrMode !== 'passthrough') return []
  if (maxphysaddrLimit === undefined) return [['host-phys-bits', 'on']]
  return [
    ['host-phys-bits', 'on'],
    ['host-phys-bits-limit', String(maxphysaddrLimit)],
  ]
}
