import type { Cpu, CpuContext, CpuProperties } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { cpu } from '../src/cpu-driver.ts'
import { condensed, featuresOf, featuresOfModel } from '../src/feature-sets.ts'
import { toRegisters } from '../src/registers.ts'
import { contextOf, hostWith, kvmContext } from './contexts.ts'

const custom = (model: string, ...features: readonly string[]): Cpu => ({
  mode: 'custom',
  match: 'exact',
  model,
  ...(features.length > 0 && {
    features: features.map((name) =>
      name.startsWith('-')
        ? { policy: 'disable' as const, name: name.slice(1) }
        : { policy: 'require' as const, name },
    ),
  }),
})

/** What KVM gives on a z14, as QEMU tells it: groups and features that are on, and some that are off. */
function z14(...off: readonly string[]): CpuContext {
  const on = condensed(featuresOf(custom('z14', ...off.map((name) => `-${name}`))) ?? new Set())
  const properties: CpuProperties = {
    ...Object.fromEntries(on.map((name) => [name, true])),
    ...Object.fromEntries([...off, 'deflate', 'msa9', 'etoken'].map((name) => [name, false])),
  }
  return kvmContext('z14.2-base', properties)
}

describe('a guest without a CPU', () => {
  it('has the machine’s own under TCG', () => {
    expect(cpu.byDefault(contextOf())).toEqual({
      mode: 'custom',
      match: 'exact',
      check: 'none',
      model: 'qemu',
      fallback: 'forbid',
    })
  })

  it('has with KVM what the host has by name, so that it can move', () => {
    expect(cpu.byDefault(z14())).toEqual({ mode: 'host-model', check: 'partial' })
  })

  it('has the host’s own where QEMU does not tell what that is', () => {
    expect(cpu.byDefault(contextOf({ virtType: 'kvm' }))).toEqual({
      mode: 'host-passthrough',
      check: 'none',
    })
  })
})

describe('host-model', () => {
  const everything = custom('z14')

  it('is the static model that QEMU names, and every feature beyond it', () => {
    const model = cpu.hostModel?.(z14())
    expect(model).toMatchObject({ mode: 'custom', model: 'z14.2-base', fallback: 'forbid' })
    expect(model?.features).toContainEqual({ policy: 'require', name: 'msa8' })
    expect(featuresOf(model ?? {})).toEqual(featuresOf(everything))
  })

  it('leaves out what this host lacks', () => {
    const model = cpu.hostModel?.(z14('te', 'cte', 'stfle49'))
    const names = (policy: string) =>
      (model?.features ?? []).flatMap((one) => (one.policy === policy ? [one.name] : []))
    expect(names('require')).not.toContain('te')
    expect(names('disable')).toEqual(['stfle49'])
  })

  it('becomes that CPU at start, with what the document says last', () => {
    const one: Cpu = {
      mode: 'host-model',
      check: 'partial',
      topology: { sockets: 1, dies: 1, cores: 2, threads: 1 },
      features: [{ policy: 'disable', name: 'msa8' }],
    }
    const found = cpu.update?.(one, z14())
    expect(found).toMatchObject({ mode: 'custom', model: 'z14.2-base', topology: one.topology })
    expect((found?.features ?? []).filter(({ name }) => name === 'msa8')).toEqual([
      { policy: 'disable', name: 'msa8' },
    ])
    expect(cpu.check(found ?? {}, z14())).toEqual([])
  })

  it('is for KVM only', () => {
    expect(cpu.hostModel?.(contextOf())).toBeUndefined()
    const [problem] = cpu.check({ mode: 'host-model' }, contextOf())
    expect(problem).toMatchObject({ code: 'ERR_CONFIG_UNSUPPORTED', path: '@mode' })
  })

  it('needs a host of the same kind', () => {
    const far = { ...z14(), host: hostWith({ arch: 'x86_64' }) }
    const [problem] = cpu.check({ mode: 'host-passthrough' }, far)
    expect(problem?.message).toContain('IBM Z host')
  })
})

describe('a command line', () => {
  it.each([
    [custom('qemu'), 'qemu', []],
    [{ mode: 'maximum' }, 'max', []],
    [{ mode: 'host-passthrough' }, 'host', []],
    [
      custom('z14-base', 'te', '-msa'),
      'z14-base',
      [
        ['te', 'on'],
        ['msa', 'off'],
      ],
    ],
  ] as const)('of %o is %s', (one, model, flags) => {
    expect(cpu.argument(one as Cpu, contextOf())).toEqual({ model, flags })
  })
})

/** What is asked, with which accelerator, where the problem is, and a part of what is said. */
type Refusal = readonly [one: Cpu, context: () => CpuContext, path: string, message: string]

const refusals: readonly Refusal[] = [
  [custom('z13'), contextOf, 'model', "TCG lacks features of 'z13'"],
  [custom('z13'), contextOf, 'model', 'offered: max, qemu, z900'],
  [custom('gen16a'), contextOf, 'model', "at most 'gen15a'"],
  [custom('gen17a'), contextOf, 'model', 'QEMU 7.2 has no CPU model'],
  [custom('Z13'), contextOf, 'model', "did you mean 'z13'?"],
  [custom('POWER9'), contextOf, 'model', 'is not offered'],
  [custom('host'), contextOf, 'model', "mode='host-passthrough'"],
  [custom('constructor'), contextOf, 'model', 'is not offered'],
  [custom('qemu', 'te'), contextOf, 'feature[1]/@name', "TCG has no CPU feature 'te'"],
  [custom('qemu', 'nnpa'), contextOf, 'feature[1]/@name', "came with 'gen16a'"],
  [custom('z900', 'stfle', 'ri'), contextOf, 'feature[2]/@name', "came with 'zEC12'"],
  [custom('qemu', 'minste4'), contextOf, 'feature[1]/@name', 'does not know'],
  [custom('qemu', 'vxx'), contextOf, 'feature[1]/@name', "did you mean 'vx'?"],
  [custom('qemu', 'constructor'), contextOf, 'feature[1]/@name', 'no CPU feature'],
  [
    { ...custom('qemu'), features: [{ policy: 'optional', name: 'vx' }] },
    contextOf,
    'feature[1]/@policy',
    "'require' or 'disable'",
  ],
  [{ ...custom('z900'), match: 'minimum' }, contextOf, '@match', "match='exact'"],
  [{ ...custom('z900'), vendor: 'AMD' }, contextOf, 'vendor', 'from IBM'],
  [{ ...custom('z900'), vendorId: 'GenuineIntel' }, contextOf, 'model/@vendor_id', 'not offered'],
  [{ ...custom('z900'), cacheMode: 'emulate' }, contextOf, 'cache', 'not offered'],
  [{ ...custom('z900'), maxphysaddrMode: 'emulate' }, contextOf, 'maxphysaddr', 'not offered'],
  [{ mode: 'maximum', migratable: false }, contextOf, '@migratable', 'leave migratable out'],
  [custom('gen15a'), z14, 'model', 'newer than this host can be'],
  [custom('z13'), () => z14('te', 'cte'), 'model', 'this host lacks features'],
  [custom('z14', 'etoken'), z14, 'feature[1]/@name', 'this host has no CPU feature'],
]

describe('a CPU', () => {
  it.each(refusals)('as %o is refused', (one, context, path, message) => {
    const problems = cpu.check(one, context())
    expect(problems.map((problem) => problem.path)).toContain(path)
    expect(problems.map((problem) => problem.message).join()).toContain(message)
  })

  it('that KVM cannot give here is the host’s fault, not the document’s', () => {
    expect(cpu.check(custom('gen15a'), z14())[0]?.code).toBe('ERR_CPU_INCOMPATIBLE')
    expect(cpu.check(custom('gen15a-base'), contextOf())[0]?.code).toBe('ERR_CONFIG_UNSUPPORTED')
  })

  it.each([
    [custom('qemu'), contextOf],
    [custom('max'), contextOf],
    [custom('z900'), contextOf],
    [custom('z800-base'), contextOf],
    [custom('qemu', '-vx', '-vxeh', '-vxeh2'), contextOf],
    // What TCG lacks of a model may be taken out of it.
    [custom('z990', '-msa', '-hfpm'), contextOf],
    [{ mode: 'maximum', features: [{ policy: 'disable', name: 'vx' }] }, contextOf],
    [custom('z13'), z14],
    [custom('z14.2-base', 'gs'), z14],
    [custom('z13', '-te', '-cte'), () => z14('te', 'cte')],
    [{ mode: 'host-passthrough' }, z14],
    [{ ...custom('z14'), vendor: 'IBM' }, z14],
  ] as readonly (readonly [Cpu, () => CpuContext])[])('as %o is taken', (one, context) => {
    expect(cpu.check(one, context())).toEqual([])
  })
})

describe('registers', () => {
  const bits = [0, 1, 2, 3, 4, 7, 16, 17, 18, 19, 21]

  it('of a machine type alone are its model', () => {
    expect(cpu.decode?.({ machine: 0x2964 })).toEqual({ model: 'z13', vendor: 'IBM' })
    expect(cpu.decode?.({ machine: 0x3932 })?.model).toBe('gen16b')
    expect(cpu.decode?.({ machine: 0x1234 })).toBeUndefined()
    expect(cpu.decode?.({ machine: 0x2964 }, ['z14'])).toBeUndefined()
  })

  it('with facilities say what is there and what is not', () => {
    const found = cpu.decode?.(toRegisters(0x2964, bits))
    expect(found?.model).toBe('z13')
    expect(found?.features).toContainEqual({ policy: 'disable', name: 'vx' })
    expect(found?.features).not.toContainEqual({ policy: 'disable', name: 'eimm' })
  })

  it('of a group’s facility mean all of its functions', () => {
    const has = featuresOf(cpu.decode?.(toRegisters(0x2964, [...bits, 76])) ?? {})
    expect(has?.has('km-eaes-256')).toBe(true)
    expect(featuresOf(cpu.decode?.(toRegisters(0x2964, bits)) ?? {})?.has('km-eaes-256')).toBe(
      false,
    )
  })

  it('of a facility that came with a level are of that level', () => {
    // Facility 57, msa5, is possible from the second level of a zEC12 on.
    expect(cpu.decode?.(toRegisters(0x2827, [...bits, 57]))?.model).toBe('zEC12.2')
    expect(cpu.decode?.(toRegisters(0x2827, bits))?.model).toBe('zEC12')
  })
})

describe('a host', () => {
  it('shows its model and what differs from it', () => {
    const host = hostWith({
      cpu: { features: [], mhz: 0, registers: { machine: 0x3906 }, model: 'z14' },
    })
    expect(cpu.host?.(host)).toEqual({ model: 'z14', vendor: 'IBM' })
    expect(cpu.host?.(hostWith())).toBeUndefined()
  })

  it.each([
    ['z14', custom('z13'), 'superset'],
    ['z14', custom('z14'), 'identical'],
    ['z13', custom('z14'), 'incompatible'],
    ['z14', custom('z14', 'etoken'), 'incompatible'],
    ['z14', { mode: 'host-model' }, 'identical'],
    ['z14', custom('max'), 'identical'],
    ['z14', { ...custom('z14'), vendor: 'AMD' }, 'incompatible'],
    ['POWER9', custom('z14'), 'incompatible'],
  ] as const)('that is a %s and is asked for %o: %s', (model, guest, result) => {
    const verdict = cpu.compare({ model }, guest)
    expect(verdict.result).toBe(result)
    expect(verdict.reason === undefined).toBe(result !== 'incompatible')
  })

  it('that is not known runs nothing that is', () => {
    expect(cpu.compare({}, custom('z14')).reason).toContain('not known')
    expect(cpu.compare({ model: 'z14' }, custom('z99')).problem?.code).toBe('ERR_INTERNAL_ERROR')
  })
})

describe('a CPU that stands for no machine', () => {
  it('is itself and nothing else', () => {
    expect(cpu.compare({ model: 'qemu' }, custom('qemu')).result).toBe('identical')
    expect(cpu.compare({ model: 'qemu' }, custom('qemu', 'vx')).reason).toContain('name a machine')
    expect(cpu.compare({ model: 'qemu' }, custom('z900')).result).toBe('incompatible')
    expect(cpu.baseline([{ model: 'qemu' }, { model: 'qemu' }])).toHaveProperty('cpu.model', 'qemu')
    expect(cpu.baseline([{ model: 'qemu' }, { model: 'z900' }])).toHaveProperty('problem')
  })
})

describe('a baseline', () => {
  it.each([
    ['ERR_INVALID_ARG', []],
    ['ERR_XML_ERROR', [{}]],
    ['ERR_INTERNAL_ERROR', [{ model: 'z99' }]],
    ['ERR_OPERATION_FAILED', [{ model: 'z14', vendor: 'AMD' }]],
    ['ERR_OPERATION_FAILED', [custom('z900', '-esan3')]],
  ] as const)('is none, %s, of %o', (code, cpus) => {
    expect(cpu.baseline(cpus as readonly Cpu[])).toMatchObject({ problem: { code } })
  })

  it('names every feature where that is asked for', () => {
    const found = cpu.baseline([{ model: 'z13' }], { expandFeatures: true })
    const names = 'cpu' in found ? (found.cpu.features ?? []).map(({ name }) => name) : []
    expect(names).toEqual(condensed(featuresOfModel('z13')?.byDefault ?? new Set()))
  })

  it('is a model of the emulator, with features that it has a switch for', () => {
    const offered = { models: [{ name: 'z14-base' }], widest: { vx: true, gs: false } }
    const found = cpu.baseline([custom('z14')], offered)
    expect('cpu' in found && found.cpu.features).toContainEqual({ policy: 'require', name: 'vx' })
    expect('cpu' in found && found.cpu.features).toContainEqual({ policy: 'require', name: 'gs' })
    expect('cpu' in found && found.cpu.features).not.toContainEqual({
      policy: 'require',
      name: 'iep',
    })
    expect(cpu.baseline([custom('z13')], offered)).toHaveProperty('problem')
  })
})
