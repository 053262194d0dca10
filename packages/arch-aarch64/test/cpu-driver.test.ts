import { describe, expect, it } from 'vitest'
import type { Cpu, CpuContext, CpuFeature } from '@polyvirt/core/arch'
import { cpu } from '../src/cpu-driver.ts'
import { contextOf, hostOf, recorded } from './contexts.ts'

describe('the models', () => {
  it('begin with those of libvirt, in its order', () => {
    expect(cpu.models.slice(0, 12).map(({ name }) => name)).toEqual([
      'cortex-a53',
      'cortex-a57',
      'cortex-a72',
      'Neoverse-N1',
      'Neoverse-N2',
      'Neoverse-V1',
      'Falkor',
      'ThunderX2 99xx',
      'a64fx',
      'Kunpeng-920',
      'FT-2000+',
      'Tengyun-S2500',
    ])
  })

  it('have every CPU that QEMU emulates on virt', () => {
    const accepted = recorded().cpus.filter(
      ({ name }) => cpu.check({ mode: 'custom', model: name }, contextOf()).length === 0,
    )
    const known = cpu.models.map(({ name }) => name)
    expect(accepted.map(({ name }) => name).toSorted()).toEqual([
      'a64fx',
      'cortex-a15',
      'cortex-a35',
      'cortex-a53',
      'cortex-a57',
      'cortex-a7',
      'cortex-a72',
      'cortex-a76',
      'max',
      'neoverse-n1',
    ])
    for (const { name } of accepted) expect(known).toContain(name)
  })
})

describe('a main ID register', () => {
  it.each([
    [0x413fd0c1, 'Neoverse-N1', 'ARM'],
    [0x410fd034, 'cortex-a53', 'ARM'],
    [0x410fd083, 'cortex-a72', 'ARM'],
    [0x414fd0b1, 'cortex-a76', 'ARM'],
    [0x411fd402, 'Neoverse-V1', 'ARM'],
    [0x410fd4f0, 'Neoverse-V2', 'ARM'],
    [0x481fd010, 'Kunpeng-920', 'HiSilicon'],
    [0x431f0af1, 'ThunderX2 99xx', 'Cavium'],
    [0x461f0010, 'a64fx', 'Fujitsu'],
    [0x611f0221, 'M1-Icestorm', 'Apple'],
    [0x701f6622, 'FT-2000+', 'Phytium'],
    [0xc00fac30, 'Ampere-1', 'Ampere'],
    // QEMU's widest, which is no maker's.
    [0x000f0510, 'max', undefined],
    // As a signed number, too.
    [0xc00fac30 | 0, 'Ampere-1', 'Ampere'],
    [0x410fc0f0, 'cortex-a15', 'ARM'],
  ])('%d belongs to its core, whatever its revision', (midr, model, vendor) => {
    expect(cpu.decode?.({ midr })).toEqual({ model, ...(vendor && { vendor }) })
  })

  it.each([0x41000000, 0x990fd0c0, 0, 0x0000_0510 | (1 << 24), 0xffffffff])(
    '%d of an unknown core is none',
    (midr) => {
      expect(cpu.decode?.({ midr })).toBeUndefined()
    },
  )

  it('that is missing is none, as is a model that is not allowed', () => {
    expect(cpu.decode?.({})).toBeUndefined()
    expect(cpu.decode?.({ midr: 0x413fd0c1 }, ['cortex-a72'])).toBeUndefined()
    expect(cpu.decode?.({ midr: 0x413fd0c1 }, ['neoverse-n1'])?.model).toBe('neoverse-n1')
  })

  it('of every model is one that it is known by', () => {
    for (const { name, vendor } of cpu.models) {
      const found = cpu.decode?.(cpu.encode?.({ model: name }) ?? {}, [name])
      expect(found, name).toEqual({ model: name, ...(vendor && { vendor }) })
    }
    expect(cpu.encode?.({ model: 'constructor' })).toEqual({})
  })
})

/** Host, CPU that it is asked for, answer, and a part of the reason. */
type Comparison = readonly [host: Cpu, guest: Cpu, answer: string, reason: string]

const altra: Cpu = { model: 'Neoverse-N1', vendor: 'ARM', features: [{ name: 'asimd' }] }

const comparisons: readonly Comparison[] = [
  [altra, { model: 'Neoverse-N1' }, 'identical', ''],
  [altra, { model: 'neoverse-n1', mode: 'custom' }, 'identical', ''],
  [altra, { mode: 'host-passthrough' }, 'identical', ''],
  [altra, { mode: 'maximum' }, 'identical', ''],
  [altra, { model: 'cortex-a57' }, 'incompatible', 'not run as another'],
  [altra, { model: 'max', mode: 'custom' }, 'incompatible', 'Neoverse-N1'],
  [altra, { model: 'Neoverse-N1', vendor: 'Ampere' }, 'incompatible', 'from ARM'],
  [altra, { model: 'Neoverse-N1', features: [{ name: 'asimd' }] }, 'identical', ''],
  [altra, { model: 'Neoverse-N1', features: [{ name: 'sve' }] }, 'incompatible', 'no sve'],
  [
    altra,
    { model: 'Neoverse-N1', features: [{ name: 'sve', policy: 'optional' }] },
    'identical',
    '',
  ],
  [
    { model: 'Neoverse-V1' },
    { model: 'Neoverse-V1', features: [{ name: 'sve' }] },
    'identical',
    '',
  ],
  [{}, { model: 'Neoverse-N1' }, 'incompatible', 'not known'],
  [{}, { mode: 'host-passthrough' }, 'incompatible', 'not known'],
  [{ features: [{ name: 'asimd' }] }, { mode: 'host-passthrough' }, 'identical', ''],
  [altra, { model: 'constructor' }, 'incompatible', 'constructor'],
]

describe('a host', () => {
  it.each(comparisons)('that is %o and asked for %o: %s', (host, guest, answer, reason) => {
    const verdict = cpu.compare(host, guest)
    expect(verdict.result).toBe(answer)
    expect(verdict.reason ?? '').toContain(reason)
    expect(verdict.reason === undefined).toBe(answer !== 'incompatible')
  })

  it('shows its model, vendor and features, or nothing', () => {
    const known = hostOf({ model: 'Neoverse-N1', vendor: 'ARM', features: ['fp', 'asimd'] })
    expect(cpu.host?.(known)).toEqual({
      model: 'Neoverse-N1',
      vendor: 'ARM',
      features: [{ name: 'fp' }, { name: 'asimd' }],
    })
    expect(cpu.host?.(hostOf())).toBeUndefined()
  })
})

describe('a baseline', () => {
  const models = (...names: string[]): Cpu[] => names.map((model) => ({ model }))

  it.each([models('cortex-a57'), models('cortex-a57', 'cortex-a57')])(
    "of one core is libvirt's answer: %o",
    (...cpus) => {
      expect(cpu.baseline(cpus)).toEqual({
        cpu: { mode: 'custom', match: 'exact', model: 'cortex-a57', fallback: 'allow' },
      })
    },
  )

  it('of one core by two names is the first', () => {
    expect(cpu.baseline(models('Neoverse-N1', 'neoverse-n1'))).toMatchObject({
      cpu: { model: 'Neoverse-N1' },
    })
  })

  it.each([
    ['different cores', models('cortex-a57', 'cortex-a72'), 'ERR_OPERATION_FAILED', 'cortex-a72'],
    ['no CPU', [], 'ERR_INVALID_ARG', 'no CPU'],
    ['a CPU without a model', [{}], 'ERR_XML_ERROR', '<model>'],
    ['a model and none', [...models('cortex-a57'), {}], 'ERR_OPERATION_FAILED', 'without a model'],
  ] as const)('of %s is refused', (_what, cpus, code, message) => {
    const answer = cpu.baseline(cpus)
    expect(answer).toMatchObject({ problem: { code } })
    expect('problem' in answer && answer.problem.message).toContain(message)
  })

  it('is a model that the emulator has', () => {
    const limits = (name: string) => ({ models: [{ name }] })
    expect(cpu.baseline(models('Neoverse-N1'), limits('neoverse-n1'))).toHaveProperty('cpu')
    expect(cpu.baseline(models('Neoverse-N1'), limits('cortex-a57'))).toHaveProperty('problem')
  })
})

describe('a missing CPU', () => {
  it('is the one that QEMU takes by itself, which libvirt writes down', () => {
    expect(cpu.byDefault(contextOf())).toEqual({
      mode: 'custom',
      match: 'exact',
      check: 'none',
      model: 'cortex-a15',
      fallback: 'forbid',
    })
  })

  it('is the host’s with KVM, which takes no other', () => {
    const found = cpu.byDefault(contextOf({ virtType: 'kvm' }))
    expect(found).toEqual({ mode: 'host-passthrough', check: 'none' })
  })
})

const argumentOf = (one: Cpu, parts: Partial<CpuContext> = {}): string => {
  const { model, flags } = cpu.argument(one, contextOf(parts))
  return [model, ...flags.map(([name, value]) => `${name}=${value}`)].join(',')
}

describe('the argument', () => {
  it.each([
    [{ mode: 'custom', model: 'cortex-a57' }, 'cortex-a57'],
    [{ mode: 'maximum' }, 'max'],
    [{ mode: 'host-passthrough' }, 'host'],
    [{ mode: 'maximum', features: [{ policy: 'disable', name: 'sve' }] }, 'max,sve=off'],
    [{ mode: 'maximum', features: [{ policy: 'forbid', name: 'sve' }] }, 'max,sve=off'],
    // A length brings SVE along, as in libvirt.
    [{ mode: 'maximum', features: [{ name: 'sve512' }] }, 'max,sve512=on,sve=on'],
    [
      { mode: 'maximum', features: [{ name: 'sve' }, { policy: 'disable', name: 'sve2048' }] },
      'max,sve=on,sve2048=off',
    ],
  ] satisfies readonly [Cpu, string][])('of %o is %s', (one, argument) => {
    expect(argumentOf(one)).toBe(argument)
  })
})

describe('a definition made exact', () => {
  const optional = (name: string): CpuFeature => ({ policy: 'optional', name })

  it('has the optional features that the accelerator has', () => {
    const one: Cpu = { mode: 'maximum', features: [optional('sve256')] }
    const exact = cpu.update?.(one, contextOf())
    expect(exact?.features).toEqual([
      { policy: 'require', name: 'sve256' },
      { policy: 'require', name: 'sve' },
    ])
  })

  it('drops those that it has not', () => {
    const one: Cpu = { mode: 'custom', model: 'cortex-a57', features: [optional('sve')] }
    expect(cpu.update?.(one, contextOf())?.features).toEqual([])
    const host: Cpu = { mode: 'host-passthrough', features: [optional('sve512')] }
    const widestCpu = { kvm: { sve: true, sve512: false } }
    const context = contextOf({ virtType: 'kvm', capabilities: { ...recorded(), widestCpu } })
    expect(cpu.update?.(host, context)?.features).toEqual([])
  })

  it('is itself where there is nothing to decide', () => {
    const one: Cpu = { mode: 'maximum', features: [{ policy: 'require', name: 'sve' }] }
    expect(cpu.update?.(one, contextOf())).toBe(one)
    expect(cpu.update?.({ mode: 'maximum' }, contextOf())).toEqual({ mode: 'maximum' })
  })
})
