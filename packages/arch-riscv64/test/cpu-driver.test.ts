import type { Cpu, CpuFeature } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { cpu } from '../src/cpu-driver.ts'
import { cpuModels } from '../src/cpu-models.ts'
import { vendorOf } from '../src/vendors.ts'
import { contextOf, hostWith, newer } from './contexts.ts'

const custom = (model: string, ...features: readonly CpuFeature[]): Cpu => ({
  mode: 'custom',
  match: 'exact',
  model,
  ...(features.length > 0 && { features }),
})
const require = (name: string): CpuFeature => ({ policy: 'require', name })
const disable = (name: string): CpuFeature => ({ policy: 'disable', name })
const optional = (name: string): CpuFeature => ({ policy: 'optional', name })

describe('a CPU that nobody names', () => {
  it('is left out where QEMU does not tell of its models, as in libvirt', () => {
    expect(cpu.byDefault(contextOf())).toBeUndefined()
  })

  it('is rv64 where something stands beside it', () => {
    const topology = { sockets: 1, cores: 4, threads: 1 }
    expect(cpu.byDefault(contextOf(), { topology })?.model).toBe('rv64')
  })

  it('is rv64 with QEMU 8.2 and later', () => {
    expect(cpu.byDefault(contextOf({ capabilities: newer() }))).toMatchObject({
      mode: 'custom',
      model: 'rv64',
    })
  })

  it('is the host’s with KVM', () => {
    expect(cpu.byDefault(contextOf({ virtType: 'kvm' }))?.mode).toBe('host-passthrough')
  })
})

describe('the -cpu argument', () => {
  it('of a model is QEMU’s own word', () => {
    expect(cpu.argument(custom('sifive-u54'), contextOf())).toEqual({
      model: 'sifive-u54',
      flags: [],
    })
  })

  it('of extensions has each as a switch', () => {
    const one = custom('rv64', require('v'), disable('zba'), { policy: 'forbid', name: 'h' })
    expect(cpu.argument(one, contextOf()).flags).toEqual([
      ['v', 'on'],
      ['zba', 'off'],
      ['h', 'off'],
    ])
  })

  it('is spelled as QEMU spells it: with capitals up to 8.1', () => {
    const one = custom('rv64', require('zfh'), require('zba'))
    expect(cpu.argument(one, contextOf()).flags).toEqual([
      ['Zfh', 'on'],
      ['zba', 'on'],
    ])
    expect(cpu.argument(one, contextOf({ capabilities: newer() })).flags).toEqual([
      ['zfh', 'on'],
      ['zba', 'on'],
    ])
  })

  it('of a mode is the model that QEMU has for it', () => {
    expect(cpu.argument({ mode: 'host-passthrough' }, contextOf({ virtType: 'kvm' })).model).toBe(
      'host',
    )
    expect(cpu.argument({ mode: 'maximum' }, contextOf({ capabilities: newer() })).model).toBe(
      'max',
    )
  })
})

describe('what is accepted', () => {
  it.each([
    ['a model', custom('rv64')],
    ['a chip', custom('sifive-u54')],
    ['vectors', custom('rv64', require('v'))],
    ['an optional extension of which QEMU knows nothing', custom('rv64', optional('zacas'))],
    ['both halves of floating point off', custom('rv64', disable('d'), disable('f'))],
    ['no guests of its own', custom('rv64', disable('h'))],
    [
      'floating point in the registers of integers',
      custom('rv64', require('zfinx'), disable('d'), disable('f')),
    ],
  ])('is %s', (_what, one) => {
    expect(cpu.check(one, contextOf())).toEqual([])
  })

  it.each([
    ['the widest CPU', { mode: 'maximum' as const }],
    ['an extension that came later', custom('rv64', require('zacas'))],
    ['a profile', custom('rva22s64')],
    ['a chip that lacks something', custom('thead-c906', disable('zfh'))],
  ])('is %s with QEMU 10.0', (_what, one) => {
    expect(cpu.check(one, contextOf({ capabilities: newer() }))).toEqual([])
  })

  it('is the host’s own CPU with KVM', () => {
    expect(cpu.check({ mode: 'host-passthrough' }, contextOf({ virtType: 'kvm' }))).toEqual([])
  })
})

/** What, the CPU, where the problem is, and a part of what is said. */
type Row = readonly [what: string, one: Cpu, path: string, message: string]

const refusals: readonly Row[] = [
  ['a PC’s model', custom('Haswell-noTSX'), 'model', 'offered: any, rv64'],
  ['a mistyped model', custom('sifive-u45'), 'model', "did you mean 'sifive-u54'"],
  ['QEMU’s word for a mode', custom('host'), 'model', "mode='host-passthrough'"],
  ['a model of 128 bits', custom('x-rv128'), 'model', 'offered: any, rv64'],
  ['the widest CPU of QEMU 7.2', { mode: 'maximum' }, '@mode', "name 'rv64'"],
  ['host-passthrough', { mode: 'host-passthrough' }, '@mode', 'needs KVM'],
  ['host-model', { mode: 'host-model' }, '@mode', 'needs KVM'],
  ['a PC’s feature', custom('rv64', require('sse4.2')), 'feature[1]/@name', 'no extension'],
  ['an unknown extension', custom('rv64', require('zbx')), 'feature[1]/@name', 'did you mean'],
  [
    'an extension that is too new',
    custom('rv64', require('zacas')),
    'feature[1]/@name',
    'no switch',
  ],
  ['an extension of a chip', custom('sifive-u54', require('v')), 'feature[1]/@name', "name 'rv64'"],
  [
    'doubles without floats',
    custom('rv64', disable('f')),
    'feature[1]/@name',
    "'d' needs 'f': turn it off as well",
  ],
  [
    'vectors without doubles',
    custom('rv64', require('v'), disable('d')),
    'feature[2]/@name',
    "'v' needs 'd'",
  ],
  [
    'two homes of floats',
    custom('rv64', require('f'), require('zfinx')),
    'feature[2]/@name',
    'exclude each other',
  ],
  ['a vendor id', { ...custom('rv64'), vendorId: 'x' }, 'model/@vendor_id', 'not offered'],
  ['another maker’s chip', { ...custom('sifive-u54'), vendor: 'T-Head' }, 'vendor', 'from SiFive'],
  ['emulated caches', { ...custom('rv64'), cacheMode: 'emulate' }, 'cache', 'not offered'],
  [
    'physical address bits',
    { ...custom('rv64'), maxphysaddrMode: 'emulate' },
    'maxphysaddr',
    'not offered',
  ],
]

describe('what is refused', () => {
  it.each(refusals)('is %s, naming the place and the way out', (_what, one, path, message) => {
    const found = cpu.check(one, contextOf()).filter((problem) => problem.path === path)
    expect(found.map((problem) => problem.message).join()).toContain(message)
  })

  it('is what only newer CPUs cannot be without', () => {
    const context = contextOf({ capabilities: newer() })
    const one = custom('rv64', disable('d'), disable('f'))
    expect(cpu.check(one, context)[0]?.message).toContain("'zfa' needs 'f'")
  })

  it('is any named model with KVM', () => {
    const found = cpu.check(custom('rv64'), contextOf({ virtType: 'kvm' }))
    expect(found).toMatchObject([{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model' }])
    expect(found[0]?.message).toContain('sifive-p550')
  })

  it.each(['host-model', 'maximum'] as const)('is mode %s with KVM', (mode) => {
    const found = cpu.check({ mode }, contextOf({ virtType: 'kvm' }))
    expect(found[0]?.message).toContain("use mode='host-passthrough'")
  })

  it('is an extension that the host lacks, where KVM tells', () => {
    const capabilities = { ...newer(), widestCpu: { kvm: { zba: true, zacas: false } } }
    const context = contextOf({ virtType: 'kvm', capabilities })
    const one: Cpu = { mode: 'host-passthrough', features: [require('zacas'), disable('zba')] }
    expect(cpu.check(one, context)).toMatchObject([
      { code: 'ERR_CPU_INCOMPATIBLE', path: 'feature[1]/@name' },
    ])
  })

  it('is every extension where KVM has no choice to offer', () => {
    const one: Cpu = { mode: 'host-passthrough', features: [disable('zba')] }
    const found = cpu.check(one, contextOf({ virtType: 'kvm' }))
    expect(found[0]?.message).toContain('as it is')
  })

  it('is KVM on a machine of another kind', () => {
    const host = { ...hostWith(undefined), arch: 'x86_64' }
    const found = cpu.check({ mode: 'host-passthrough' }, contextOf({ virtType: 'kvm', host }))
    expect(found[0]?.message).toContain("this one is 'x86_64'")
  })
})

describe('an exact CPU', () => {
  it('has the optional extensions for which there is a switch', () => {
    const one = custom('rv64', optional('zba'), optional('zacas'), disable('h'))
    expect(cpu.update?.(one, contextOf())?.features).toEqual([require('zba'), disable('h')])
  })

  it('is a minimum no longer', () => {
    expect(cpu.update?.({ ...custom('rv64'), match: 'minimum' }, contextOf())?.match).toBe('exact')
  })

  it('stays as it is', () => {
    const one = custom('rv64', require('v'))
    expect(cpu.update?.(one, contextOf())).toBe(one)
  })
})

describe('a host’s CPU', () => {
  const p550: Cpu = { model: 'sifive-p550', vendor: 'SiFive', features: [{ name: 'zba' }] }

  it('is shown with its extensions', () => {
    expect(cpu.host?.(hostWith('sifive-p550', ['zba']))).toEqual(p550)
    expect(cpu.host?.(hostWith(undefined))).toBeUndefined()
  })

  it.each([
    ['itself', { model: 'sifive-p550' }, 'identical'],
    ['its own, by mode', { mode: 'host-passthrough' }, 'identical'],
    ['itself without something', { ...custom('sifive-p550', disable('zba')) }, 'superset'],
    ['another core', { model: 'sifive-u74' }, 'incompatible'],
    ['another maker’s', { model: 'sifive-p550', vendor: 'T-Head' }, 'incompatible'],
    ['more than itself', custom('sifive-p550', require('v')), 'incompatible'],
    ['QEMU’s own', custom('rv64'), 'incompatible'],
  ] as readonly (readonly [string, Cpu, string])[])(
    'can be %s: %j is %s',
    (_what, guest, result) => {
      expect(cpu.compare(p550, guest).result).toBe(result)
    },
  )

  it('that is not known can be nothing', () => {
    expect(cpu.compare({}, { mode: 'host-passthrough' }).reason).toContain('not known')
  })
})

describe('the baseline', () => {
  it('of equal hosts is what they are', () => {
    const one: Cpu = { model: 'sifive-p550' }
    expect(cpu.baseline([one, one])).toEqual({
      cpu: { mode: 'custom', match: 'exact', model: 'sifive-p550', fallback: 'allow' },
    })
  })

  it.each([
    ['different cores', [{ model: 'sifive-p550' }, { model: 'thead-c920' }], 'incompatible'],
    ['nothing', [], 'no CPU is given'],
    ['a CPU without a name', [{}], 'without a <model>'],
  ] as readonly (readonly [string, readonly Cpu[], string])[])(
    'of %s is refused',
    (_what, cpus, message) => {
      const found = cpu.baseline(cpus)
      expect('problem' in found ? found.problem.message : 'found').toContain(message)
    },
  )

  it('is one that the emulator has, where models are given', () => {
    const found = cpu.baseline([{ model: 'sifive-p550' }], { models: [{ name: 'rv64' }] })
    expect('problem' in found ? found.problem.message : 'found').toContain('none of the models')
  })
})

describe('registers', () => {
  it.each(cpuModels)('of $name stand for it, where it has some', ({ name }) => {
    const data = cpu.encode?.({ model: name }) ?? {}
    if (Object.keys(data).length === 0) return
    expect(cpu.decode?.(data)?.model).toBe(name)
  })

  it('of a core that shares its numbers stand for none', () => {
    expect(cpu.decode?.({ mvendorid: 0x5b7, marchid: 0, marchid_high: 0 })).toBeUndefined()
    expect(cpu.decode?.({})).toBeUndefined()
  })

  it('stand for no model outside of those that are asked for', () => {
    const data = cpu.encode?.({ model: 'veyron-v1' }) ?? {}
    expect(cpu.decode?.(data, ['rv64'])).toBeUndefined()
  })
})

describe('makers', () => {
  it('are known by their JEDEC numbers', () => {
    expect(vendorOf(0x489)).toBe('SiFive')
    expect(vendorOf(0)).toBeUndefined()
  })
})
