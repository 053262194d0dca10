import { nearest, quote } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, CpuDriver, Problem } from '@polyvirt/core/arch'
import { cpuModels, generationOf } from './cpu-models.ts'

/** Names of early documents, each for one revision; the generation is what is meant. */
const oldNames: Readonly<Record<string, string>> = {
  'POWER7_v2.1': 'POWER7',
  'POWER7_v2.3': 'POWER7',
  'POWER7+_v2.1': 'POWER7',
  'POWER8_v1.0': 'POWER8',
}

/** Compatibility levels QEMU's `max-cpu-compat` takes, oldest first (QEMU target/ppc/compat.c). */
const compatLevels = ['power6', 'power7', 'power8', 'power9', 'power10', 'power11']

export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, capabilities }) {
    const model = shortName(machine.defaultCpuType, capabilities.cpus)
    if (model === undefined) return undefined
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check(one, context) {
    return [...checkMode(one, context), ...checkModel(one, context), ...checkRest(one)]
  },
  argument(one) {
    if (one.mode === 'host-passthrough') return { model: 'host', flags: [] }
    if (one.mode === 'host-model') {
      const machine = one.model === undefined ? undefined : { 'max-cpu-compat': one.model }
      return { model: 'host', flags: [], ...(machine && { machine }) }
    }
    return { model: canonical(one.model ?? ''), flags: [] }
  },
  compare(host, guest) {
    const hostModel = canonical(host.model ?? '')
    if (guest.vendor !== undefined && host.vendor !== undefined && guest.vendor !== host.vendor) {
      return 'incompatible'
    }
    if (guest.mode === 'host-model' && guest.model !== undefined) {
      const asked = generationOf(guest.model)
      const has = generationOf(hostModel)
      return asked === undefined || has === undefined || asked > has ? 'incompatible' : 'identical'
    }
    if (guest.mode === 'host-passthrough' || guest.mode === 'host-model') return 'identical'
    return canonical(guest.model ?? '') === hostModel ? 'identical' : 'incompatible'
  },
  baseline(cpus) {
    const generations = cpus.map((one) => generationOf(canonical(one.model ?? '')))
    if (generations.length === 0 || generations.includes(undefined)) return undefined
    const oldest = Math.min(...(generations as number[]))
    // A newer chip is not an older one, but can behave as one: that is its compatibility mode.
    return generations.every((generation) => generation === oldest)
      ? { mode: 'custom', match: 'exact', model: `POWER${oldest}`, fallback: 'forbid' }
      : { mode: 'host-model', model: `power${oldest}` }
  },
}

function canonical(name: string): string {
  return oldNames[name] ?? name
}

/** The plain name of a QOM CPU type, generations in libvirt's upper case. */
function shortName(
  type: string | undefined,
  cpus: CpuContext['capabilities']['cpus'],
): string | undefined {
  const name = cpus.find((definition) => definition.typename === type)?.name
  if (name === undefined) return undefined
  return generationOf(name) === undefined ? name : name.toUpperCase()
}

function checkMode(one: Cpu, { virtType }: CpuContext): Problem[] {
  if (one.mode === 'maximum') {
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: '@mode',
        message: `mode 'maximum' is not offered: QEMU has no such CPU on Power; name a generation`,
      },
    ]
  }
  if (one.mode !== 'custom' && virtType !== 'kvm') {
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: '@mode',
        message: `mode '${one.mode ?? ''}' needs KVM; with type='qemu' name a generation such as POWER9`,
      },
    ]
  }
  if (one.mode === 'host-model' && one.model !== undefined && !compatLevels.includes(one.model)) {
    const near = nearest(one.model, compatLevels)
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'model',
        message: `${quote(one.model)} is not a compatibility level; offered: ${compatLevels.join(', ')}${
          near === undefined ? '' : `; did you mean '${near}'?`
        }`,
      },
    ]
  }
  return []
}

function checkModel(one: Cpu, { capabilities }: CpuContext): Problem[] {
  if (one.mode !== 'custom' || one.model === undefined) return []
  const names = offeredModels(capabilities.cpus)
  if (names.includes(canonical(one.model))) return []
  const near = nearest(one.model, names)
  const generations = names.filter((name) => generationOf(name) !== undefined)
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'model',
      message: `CPU model ${quote(one.model)} is not offered on pseries; offered: ${generations.join(', ')}${
        near === undefined ? '' : `; did you mean '${near}'?`
      }`,
    },
  ]
}

/** QEMU's models by libvirt's names: generations in upper case, everything else as it is. */
function offeredModels(cpus: CpuContext['capabilities']['cpus']): readonly string[] {
  return cpus.map(({ name }) => (generationOf(name) === undefined ? name : name.toUpperCase()))
}

function checkRest(one: Cpu): Problem[] {
  const problems: Problem[] = []
  const refuse = (path: string, message: string): void => {
    problems.push({ code: 'ERR_CONFIG_UNSUPPORTED', path, message })
  }
  if ((one.features ?? []).length > 0)
    refuse(
      'feature[1]',
      'Power CPUs have no features to choose; what the platform lends is in <features>',
    )
  if (one.vendorId !== undefined) refuse('model/@vendor_id', 'a vendor id is not offered on Power')
  if (one.maxphysaddrMode !== undefined)
    refuse('maxphysaddr', 'physical address bits are not offered on Power')
  if (one.cacheMode !== undefined) refuse('cache', 'cache emulation is not offered on Power')
  return problems
}
