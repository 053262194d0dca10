import { describe, expect, it } from 'vitest'
import type { Cpu, CpuContext } from '@polyvirt/core/arch'
import { cpu } from '../src/cpu-driver.ts'
import { contextOf, hostOf, recorded } from './contexts.ts'

const exactly = (model: string, more: Partial<Cpu> = {}): Cpu => ({
  mode: 'custom',
  match: 'exact',
  model,
  ...more,
})
const feature = (name: string, policy: 'require' | 'disable' | 'optional' = 'require') => ({
  name,
  policy,
})
const underKvm = contextOf({ virtType: 'kvm' })

/** Paths and messages of what is wrong. */
const said = (one: Cpu, context: CpuContext = contextOf()): readonly string[] =>
  cpu.check(one, context).map(({ path, message }) => `${path}: ${message}`)

describe('a document without a CPU', () => {
  it('gets the machine’s own under TCG', () => {
    expect(cpu.byDefault(contextOf())).toEqual({
      mode: 'custom',
      match: 'exact',
      check: 'none',
      model: 'la464',
      fallback: 'forbid',
    })
  })

  it('gets the host’s with KVM', () => {
    expect(cpu.byDefault(underKvm)?.mode).toBe('host-passthrough')
  })

  it('gets the machine’s own where KVM cannot be, so that only that is said', () => {
    const context = contextOf({ virtType: 'kvm', host: { ...hostOf(), arch: 'x86_64' } })
    expect(cpu.byDefault(context)?.model).toBe('la464')
  })

  it('leaves the choice to a QEMU that does not tell its own', () => {
    const { defaultCpuType: _, ...machine } = contextOf().machine
    expect(cpu.byDefault(contextOf({ machine }))).toBeUndefined()
  })
})

describe('the argument', () => {
  const argument = (one: Cpu, context = contextOf()) => cpu.argument(one, context)

  it('is the model with its features, in the document’s order', () => {
    const features = [feature('lasx', 'disable'), feature('lsx')]
    expect(argument(exactly('la464', { features }))).toEqual({
      model: 'la464',
      flags: [
        ['lasx', 'off'],
        ['lsx', 'on'],
      ],
    })
  })

  it('is the widest CPU for maximum, and for the host’s own, which QEMU has no other name for', () => {
    expect(argument({ mode: 'maximum' }).model).toBe('max')
    expect(argument({ mode: 'host-passthrough' }, underKvm).model).toBe('max')
  })

  it('is QEMU’s word for the host’s own once it has one', () => {
    const { cpus, ...rest } = recorded()
    const capabilities = { ...rest, cpus: [...cpus, { name: 'host' }] }
    const context = contextOf({ virtType: 'kvm', capabilities })
    expect(argument({ mode: 'host-passthrough' }, context).model).toBe('host')
  })
})

describe('what cannot run', () => {
  it.each<[string, Cpu, CpuContext, string]>([
    ['a host’s CPU under TCG', { mode: 'host-passthrough' }, contextOf(), '@mode: mode'],
    [
      'a host’s CPU on another kind of host',
      { mode: 'host-passthrough' },
      contextOf({ virtType: 'kvm', host: { ...hostOf(), arch: 'x86_64' } }),
      "needs KVM on a LoongArch host, and this one is 'x86_64'",
    ],
    ['host-model', { mode: 'host-model' }, underKvm, "use mode='host-passthrough'"],
    ['a mode as a model', exactly('host'), contextOf(), "use mode='host-passthrough'"],
    ['a mistyped model', exactly('la446'), contextOf(), "did you mean 'la464'?"],
    ['a model QEMU lacks', exactly('la664'), contextOf(), 'offered: la132, la464, max'],
    [
      'a model that the host’s core is too old for',
      exactly('la464'),
      contextOf({ virtType: 'kvm', host: hostOf({ model: 'la364' }) }),
      "the host's CPU is la364, which is no la464",
    ],
    [
      'a CPU of 32 bits with KVM',
      exactly('la132'),
      underKvm,
      "the host's CPU is la664, which is no la132",
    ],
    ['another vendor', exactly('la464', { vendor: 'IBM' }), contextOf(), 'is from Loongson'],
    ['a vendor id', exactly('la464', { vendorId: 'x' }), contextOf(), 'model/@vendor_id'],
    ['caches', exactly('la464', { cacheMode: 'emulate' }), contextOf(), 'cache: '],
    ['address bits', exactly('la464', { maxphysaddrMode: 'emulate' }), contextOf(), 'maxphysaddr'],
    ['a switch QEMU lacks', { mode: 'maximum', migratable: true }, contextOf(), '@migratable'],
  ])('is %s', (_what, one, context, message) => {
    expect(said(one, context).join()).toContain(message)
  })

  it.each<[string, Cpu, CpuContext, string]>([
    ['an unknown one', exactly('la464', { features: [feature('lxs')] }), contextOf(), "'lsx'?"],
    [
      'the performance monitor',
      exactly('la464', { features: [feature('pmu')] }),
      contextOf(),
      '<pmu',
    ],
    [
      'wide vectors without narrow ones',
      exactly('la464', { features: [feature('lasx'), feature('lsx', 'disable')] }),
      contextOf(),
      "there is no 'lasx' without 'lsx', which is off",
    ],
    [
      'vectors of a small core',
      exactly('la132', { features: [feature('lsx')] }),
      contextOf(),
      'none',
    ],
    [
      'one that this QEMU has no switch for',
      exactly('la464', { features: [feature('ptw', 'disable')] }),
      contextOf(),
      'offered: lsx, lasx',
    ],
    ['one of KVM', exactly('la464', { features: [feature('lbt')] }), contextOf(), 'lsx, lasx'],
    [
      'one that the host lacks',
      exactly('la464', { features: [feature('lbt')] }),
      contextOf({
        virtType: 'kvm',
        host: hostOf({ model: 'la664', features: ['lsx', 'lbt_x86'] }),
      }),
      "the host's processor has no 'lbt'",
    ],
  ])('is a feature: %s', (_what, one, context, message) => {
    const [first] = cpu.check(one, context)
    expect(first?.path).toBe('feature[1]/@name')
    expect(first?.message).toContain(message)
  })
})

describe('what can run', () => {
  it.each<[string, Cpu, CpuContext]>([
    ['the model of the machine', exactly('la464'), contextOf()],
    ['the widest CPU by its name', exactly('max'), contextOf()],
    ['the widest CPU', { mode: 'maximum' }, contextOf()],
    ['an older core on a newer host', exactly('la464'), underKvm],
    ['the host’s own CPU', { mode: 'host-passthrough' }, underKvm],
    [
      'any model on a host that is not known',
      exactly('la464'),
      contextOf({ virtType: 'kvm', host: hostOf() }),
    ],
    [
      'binary translation on a host that has all of it',
      exactly('la464', { features: [feature('lbt')] }),
      contextOf({
        virtType: 'kvm',
        host: hostOf({ model: 'la464', features: ['lbt_x86', 'lbt_arm', 'lbt_mips'] }),
      }),
    ],
    [
      'whatever a newer QEMU says it has',
      exactly('la464', { features: [feature('ptw')] }),
      contextOf({
        capabilities: { ...recorded(), widestCpu: { qemu: { lsx: true, lasx: true, ptw: true } } },
      }),
    ],
  ])('is %s', (_what, one, context) => {
    expect(said(one, context)).toEqual([])
  })
})

describe('optional features', () => {
  it('become what there is', () => {
    const features = [feature('lasx', 'optional'), feature('ptw', 'optional'), feature('lsx')]
    expect(cpu.update?.(exactly('la464', { features }), contextOf()).features).toEqual([
      feature('lasx'),
      feature('lsx'),
    ])
  })

  it('become what the host has with KVM', () => {
    const host = hostOf({ model: 'la364', features: ['lsx'] })
    const features = [feature('lsx', 'optional'), feature('lasx', 'optional')]
    const context = contextOf({ virtType: 'kvm', host })
    expect(cpu.update?.({ mode: 'host-passthrough', features }, context).features).toEqual([
      feature('lsx'),
    ])
  })

  it('leave a CPU without any as it is', () => {
    const one = exactly('la464')
    expect(cpu.update?.(one, contextOf())).toBe(one)
  })
})

describe('a host', () => {
  it.each([
    ['la464', 'la464', 'identical'],
    ['la664', 'la464', 'superset'],
    ['la464', 'la664', 'incompatible'],
    ['la264', 'la464', 'incompatible'],
    ['la132', 'la264', 'incompatible'],
    ['la464', 'la132', 'incompatible'],
  ])('with %s compared with %s is %s', (own, wanted, result) => {
    expect(cpu.compare({ model: own }, exactly(wanted)).result).toBe(result)
  })

  it('is no match for a feature that it lacks, and more than one that is refused', () => {
    const own: Cpu = { model: 'la464', features: [{ name: 'lsx' }, { name: 'lasx' }] }
    const wanting = (...features: Cpu['features'] & object) => exactly('la464', { features })
    expect(cpu.compare(own, wanting(feature('ptw')))).toMatchObject({
      result: 'incompatible',
      reason: "the host's CPU has no ptw",
    })
    expect(cpu.compare(own, wanting(feature('lasx', 'disable'))).result).toBe('superset')
    expect(cpu.compare(own, wanting(feature('lasx'))).result).toBe('identical')
  })

  it('of which nothing is known runs nothing', () => {
    expect(cpu.compare({}, exactly('la464')).result).toBe('incompatible')
  })

  it('cannot be compared with what nobody knows', () => {
    expect(cpu.compare({ model: 'la464' }, exactly('la999')).problem?.message).toBe(
      "Unknown CPU model 'la999'",
    )
  })

  it('shows its core with what the kernel prints', () => {
    const host = hostOf({ model: 'la464', vendor: 'Loongson', features: ['lsx'] })
    expect(cpu.host?.(host)).toEqual({
      model: 'la464',
      vendor: 'Loongson',
      features: [{ name: 'lsx' }],
    })
    expect(cpu.host?.(hostOf())).toBeUndefined()
  })
})

describe('a baseline', () => {
  const of = (...models: readonly string[]) => cpu.baseline(models.map((model) => ({ model })))

  it('is the oldest core', () => {
    expect(of('la664', 'la364', 'la464')).toEqual({
      cpu: { mode: 'custom', match: 'exact', model: 'la364', fallback: 'forbid' },
    })
  })

  it('is the newest older model that the emulator has', () => {
    const models = recorded().cpus
    expect(cpu.baseline([{ model: 'la664' }], { models })).toMatchObject({
      cpu: { model: 'la464' },
    })
    expect(cpu.baseline([{ model: 'la364' }], { models })).toMatchObject({
      problem: { code: 'ERR_OPERATION_FAILED' },
    })
  })

  it.each([
    [[], 'ERR_INVALID_ARG'],
    [[{}], 'ERR_XML_ERROR'],
    [[{ model: 'la999' }], 'ERR_INTERNAL_ERROR'],
    [[{ model: 'la132' }, { model: 'la464' }], 'ERR_OPERATION_FAILED'],
  ])('of %j is none: %s', (cpus, code) => {
    expect(cpu.baseline(cpus)).toMatchObject({ problem: { code } })
  })
})

describe('a processor identity', () => {
  it.each([
    [0x14c010, 'la464'],
    [0x14c011, 'la464'],
    [0x14d000, 'la664'],
    [0x148042, 'la132'],
  ])('%d is a %s', (prid, model) => {
    expect(cpu.decode?.({ prid })).toEqual({ model, vendor: 'Loongson' })
  })

  it('of another maker is none', () => {
    expect(cpu.decode?.({ prid: 0x15c010 })).toBeUndefined()
    expect(cpu.decode?.({})).toBeUndefined()
    expect(cpu.decode?.({ prid: 0x14d000 }, ['la464'])).toBeUndefined()
  })

  it('is what a model stands for', () => {
    for (const { name } of cpu.models)
      expect(cpu.decode?.(cpu.encode?.({ model: name }) ?? {})?.model).toBe(name)
  })
})
