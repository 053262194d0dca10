import { nearest, quote } from '@polyvirt/core/arch'
import { cpuModels } from './cpu-models.ts'
import type { Cpu, CpuContext, CpuDriver, Problem } from '@polyvirt/core/arch'

/** QEMU spells features with dashes; libvirt kept some names with underscores. */
function qemuFeature(name: string): string {
  return name.replaceAll('_', '-')
}

export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, guest }) {
    const model =
      modelOfType(machine.defaultCpuType) ?? (guest.wordSize === 32 ? 'qemu32' : 'qemu64')
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check(one, context) {
    return [...checkMode(one, context), ...checkModel(one, context)]
  },
  argument(one, context) {
    const flags: [string, string][] = []
    if (one.vendorId !== undefined) flags.push(['vendor', one.vendorId])
    for (const { name, policy } of one.features ?? []) {
      if (policy === 'optional') continue
      flags.push([qemuFeature(name), policy === 'disable' || policy === 'forbid' ? 'off' : 'on'])
    }
    flags.push(...addressBits(one))
    if (one.mode === 'host-passthrough') {
      return {
        model: 'host',
        flags: [['migratable', one.migratable === false ? 'off' : 'on'], ...flags],
      }
    }
    if (one.mode === 'maximum' || one.mode === 'host-model') {
      return {
        model: one.mode === 'maximum' || context.virtType === 'qemu' ? 'max' : 'host',
        flags,
      }
    }
    return { model: one.model ?? 'qemu64', flags }
  },
  compare(host, guest) {
    if (host.vendor !== undefined && guest.vendor !== undefined && host.vendor !== guest.vendor) {
      return 'incompatible'
    }
    const has = new Set((host.features ?? []).map((feature) => feature.name))
    const wanted = (guest.features ?? []).filter(
      (f) => f.policy === undefined || f.policy === 'require' || f.policy === 'force',
    )
    if (guest.model !== undefined && host.model !== guest.model) return 'incompatible'
    if (wanted.some((feature) => !has.has(feature.name))) return 'incompatible'
    return wanted.length === has.size ? 'identical' : 'superset'
  },
  baseline(cpus) {
    const [first, ...rest] = cpus
    if (first === undefined) return undefined
    if (rest.some((one) => one.model !== first.model)) return undefined
    const common = (first.features ?? []).filter((feature) =>
      rest.every((one) => (one.features ?? []).some((other) => other.name === feature.name)),
    )
    return {
      mode: 'custom',
      match: 'exact',
      ...(first.model && { model: first.model }),
      features: common,
    }
  },
}

/** How wide the guest's physical addresses are. */
function addressBits({
  maxphysaddrMode,
  maxphysaddrBits,
  maxphysaddrLimit,
}: Cpu): [string, string][] {
  if (maxphysaddrMode === 'emulate' && maxphysaddrBits !== undefined)
    return [['phys-bits', String(maxphysaddrBits)]]
  if (maxphysaddrMode !== 'passthrough') return []
  return [
    ['host-phys-bits', 'on'],
    ...(maxphysaddrLimit === undefined
      ? []
      : [['host-phys-bits-limit', String(maxphysaddrLimit)] as [string, string]]),
  ]
}

function modelOfType(type: string | undefined): string | undefined {
  return type?.replace(/-(?:x86_64|i386)-cpu$/, '')
}

function checkMode(one: Cpu, context: CpuContext): Problem[] {
  if (one.mode !== 'host-passthrough' || context.virtType === 'kvm') return []
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: '@mode',
      message: `mode 'host-passthrough' needs KVM; with type='qemu' use mode 'maximum' or a model`,
    },
  ]
}

function checkModel(one: Cpu, { capabilities }: CpuContext): Problem[] {
  if (one.mode !== 'custom' || one.model === undefined) return []
  const names = capabilities.cpus.map((definition) => definition.name)
  if (names.includes(one.model)) return []
  const near = nearest(one.model, names)
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'model',
      message: `this QEMU has no CPU model ${quote(one.model)}${near === undefined ? '' : `; did you mean '${near}'?`}`,
    },
  ]
}
