import { describe, expect, it } from 'vitest'
import type { Cpu } from '@polyvirt/core/arch'
import { cpu } from '../src/cpu-driver.ts'
import { contextOf, hostWith, recorded } from './contexts.ts'

describe('the models', () => {
  it('begin with those of libvirt, in its order', () => {
    expect(cpu.models.slice(0, 7).map(({ name }) => name)).toEqual([
      'POWER6',
      'POWER7',
      'POWER8',
      'POWER9',
      'POWER10',
      'POWERPC_e5500',
      'POWERPC_e6500',
    ])
  })
})

describe('a processor version register', () => {
  it.each([
    [0x003a0300, 'POWER5'],
    [0x003b0201, 'POWER5+'],
    [0x003e0201, 'POWER6'],
    [0x003f0203, 'POWER7'],
    [0x004a0201, 'POWER7'],
    [0x004b0201, 'POWER8'],
    [0x004c0100, 'POWER8'],
    [0x004d0200, 'POWER8'],
    [0x004e0100, 'POWER9'],
    [0x004e1202, 'POWER9'],
    [0x00800200, 'POWER10'],
    [0x0082ffff, 'POWER11'],
    [0x80240020, 'POWERPC_e5500'],
    [0x80400020, 'POWERPC_e6500'],
    // As a signed number, too.
    [0x80240020 | 0, 'POWERPC_e5500'],
    [0x00390202, '970'],
    [0x00391100, '970'],
    [0x003c0301, '970fx'],
    [0x00440101, '970mp'],
    [0x00450000, '970gx'],
    // Logical ones: what a partition's processor answers for.
    [0x0f000001, 'POWER5+'],
    [0x0f000002, 'POWER6'],
    [0x0f100003, 'POWER7'],
    [0x0f000004, 'POWER8'],
    [0x0f000006, 'POWER10'],
    [0x0f000007, 'POWER11'],
  ])('%d belongs to its generation, whatever its revision', (pvr, model) => {
    expect(cpu.decode?.({ pvr })?.model).toBe(model)
  })

  it.each([0x00500000, 0x0f000063, 0, 0xffffffff])('%d of an unknown chip is none', (pvr) => {
    expect(cpu.decode?.({ pvr })).toBeUndefined()
  })

  it('that is missing is none, as is a model that is not allowed', () => {
    expect(cpu.decode?.({})).toBeUndefined()
    expect(cpu.decode?.({ pvr: 0x004e1202 }, ['POWER8'])).toBeUndefined()
    expect(cpu.decode?.({ pvr: 0x004e1202 }, ['POWER8', 'POWER9'])?.model).toBe('POWER9')
  })

  it('of every model and variant is one that it is known by', () => {
    const names = [...cpu.models.map(({ name }) => name), 'POWER7+', 'POWER8E', 'POWER8NVL']
    for (const name of names) {
      const pvr = cpu.encode?.({ model: name })
      expect(pvr, name).toHaveProperty('pvr')
      const generation = name.replace(/(?<=^POWER[78])(?:\+|E|NVL)$/, '')
      expect(cpu.decode?.(pvr ?? {})?.model, name).toBe(generation)
    }
  })

  it('of a compatibility mode is the logical one', () => {
    expect(cpu.encode?.({ mode: 'host-model', model: 'power9' })).toEqual({ pvr: 0x0f000005 })
    expect(cpu.encode?.({ model: 'constructor' })).toEqual({})
  })
})

/** Host, CPU that it is asked for, answer, and a part of the reason. */
type Comparison = readonly [host: string | undefined, guest: Cpu, answer: string, reason: string]

const comparisons: readonly Comparison[] = [
  ['POWER9', { model: 'POWER9' }, 'identical', ''],
  ['POWER9', { model: 'POWER9', mode: 'custom' }, 'identical', ''],
  ['POWER9', { model: 'POWER9', vendor: 'IBM' }, 'identical', ''],
  ['POWER9', { model: 'POWER8' }, 'incompatible', '<model>power8</model>'],
  ['POWER8', { model: 'POWER9' }, 'incompatible', 'POWER8, not POWER9'],
  ['POWER9', { model: 'POWER99' }, 'incompatible', "'POWER99' is no known"],
  ['POWER9', { model: 'Skylake-Client' }, 'incompatible', 'no known'],
  ['POWER9', { model: 'constructor' }, 'incompatible', 'no known'],
  ['POWER8', { model: 'POWER8_v1.0' }, 'identical', ''],
  ['POWER7', { model: 'POWER7+_v2.1' }, 'identical', ''],
  ['POWER8', { model: 'POWER8E' }, 'identical', ''],
  ['POWER8NVL', { model: 'POWER8' }, 'identical', ''],
  ['POWER9', { mode: 'host-model' }, 'identical', ''],
  ['POWER9', { mode: 'host-model', model: 'power8' }, 'identical', ''],
  ['POWER10', { mode: 'host-model', model: 'power10' }, 'identical', ''],
  ['POWER11', { mode: 'host-model', model: 'power10' }, 'identical', ''],
  ['POWER8', { mode: 'host-model', model: 'power9' }, 'incompatible', 'power6, power7, power8'],
  ['POWER8', { mode: 'host-model', model: 'POWER8' }, 'incompatible', 'compatibility mode'],
  ['970mp', { mode: 'host-model', model: 'power6' }, 'incompatible', 'no compatibility modes'],
  ['970mp', { mode: 'host-model' }, 'identical', ''],
  ['POWER9', { mode: 'host-passthrough' }, 'identical', ''],
  ['POWER9', { model: 'POWER9', vendor: 'Freescale' }, 'incompatible', 'from IBM'],
  [undefined, { model: 'POWER9' }, 'incompatible', 'not known'],
  ['Westmere', { model: 'POWER9' }, 'incompatible', 'no known Power model'],
]

describe('a host', () => {
  it.each(comparisons)('that is %s and asked for %o: %s', (model, guest, answer, reason) => {
    const host = model === undefined ? {} : { model, vendor: 'IBM' }
    const verdict = cpu.compare(host, guest)
    expect(verdict.result).toBe(answer)
    expect(verdict.reason ?? '').toContain(reason)
    expect(verdict.reason === undefined).toBe(answer !== 'incompatible')
  })

  it('shows its model and vendor, or nothing', () => {
    expect(cpu.host?.(hostWith('POWER9', []))).toEqual({ model: 'POWER9', vendor: 'IBM' })
    expect(cpu.host?.(hostWith(undefined, []))).toBeUndefined()
  })
})

describe('a baseline', () => {
  const models = (...names: string[]): Cpu[] => names.map((model) => ({ model }))
  const power9 = { mode: 'custom', match: 'exact', model: 'POWER9', fallback: 'forbid' }

  it.each([
    ['one CPU', models('POWER9')],
    [
      'equal CPUs, of which one tells its vendor',
      [{ model: 'POWER9', vendor: 'IBM' }, { model: 'POWER9' }],
    ],
    [
      'a CPU with features, which are of no interest',
      [{ model: 'POWER9', features: [{ name: 'x' }] }],
    ],
  ] as const)("of %s is libvirt's answer", (_what, cpus) => {
    expect(cpu.baseline(cpus)).toEqual({ cpu: power9 })
  })

  it.each([
    ['power8', models('POWER9', 'POWER8', 'POWER10')],
    ['power6', models('POWER6', 'POWER11')],
    ['power7', models('POWER7+', 'POWER8')],
    ['power8', [{ mode: 'host-model', model: 'power8' }, { model: 'POWER9' }]],
    ['power8', [{ mode: 'host-model', model: 'power8' }]],
  ] as const)('of different generations is %s, the newest mode that all have', (model, cpus) => {
    expect(cpu.baseline(cpus)).toEqual({ cpu: { mode: 'host-model', model } })
  })

  it('of variants is their generation', () => {
    const answer = cpu.baseline(models('POWER8E', 'POWER8', 'POWER8_v1.0'))
    expect(answer).toEqual({ cpu: { ...power9, model: 'POWER8' } })
  })

  it.each([
    ['ERR_OPERATION_FAILED', models('POWER9', 'POWERPC_e5500'), 'POWERPC_e5500'],
    ['ERR_OPERATION_FAILED', models('970', 'POWER8'), '970'],
    ['ERR_OPERATION_FAILED', models('970', '970mp'), 'incompatible'],
    ['ERR_OPERATION_FAILED', models('POWER5+', 'POWER6'), 'POWER5+'],
    ['ERR_INTERNAL_ERROR', models('POWER99'), 'POWER99'],
    ['ERR_INTERNAL_ERROR', [{ mode: 'host-model', model: 'power99' }], 'power99'],
    ['ERR_OPERATION_FAILED', [{ model: 'POWER9', vendor: 'Freescale' }], 'vendor IBM'],
    ['ERR_XML_ERROR', [{}], '<model>'],
    ['ERR_INVALID_ARG', [], 'no CPU'],
  ] as const)('is none, %s, for %o', (code, cpus, message) => {
    const answer = cpu.baseline(cpus)
    expect(answer).toMatchObject({ problem: { code } })
    expect('problem' in answer ? answer.problem.message : '').toContain(message)
  })

  it('is one of the models that may be the answer', () => {
    expect(cpu.baseline(models('POWER9'), { models: [{ name: 'POWER9' }] })).toEqual({
      cpu: power9,
    })
    expect(cpu.baseline(models('POWER9'), { models: [{ name: 'POWER8' }] })).toHaveProperty(
      'problem',
    )
  })
})

describe('a definition', () => {
  it.each([
    ['qemu', 'POWER9', 'POWER9'],
    ['qemu', 'POWER8E', 'POWER8E'],
    ['qemu', 'POWER7+_v2.1', 'POWER7'],
    ['qemu', 'power9_v2.0', 'power9_v2.0'],
    ['kvm', 'POWER8E', 'POWER8'],
  ] as const)('with %s and %s starts as %s', (virtType, model, started) => {
    const context = contextOf({ virtType })
    const one: Cpu = { mode: 'custom', match: 'exact', model }
    expect(cpu.argument(one, context)).toEqual({ model: started, flags: [] })
    expect(cpu.update?.(one, context)).toEqual({ ...one, model: started })
  })

  it('of a variant that this QEMU lacks is its generation', () => {
    const all = recorded()
    const capabilities = {
      ...all,
      cpus: all.cpus.filter(({ name }) => !name.startsWith('power8e')),
    }
    const one: Cpu = { mode: 'custom', match: 'minimum', model: 'POWER8E' }
    const context = contextOf({ capabilities })
    expect(cpu.check(one, context)).toEqual([])
    expect(cpu.update?.(one, context)).toEqual({ ...one, match: 'exact', model: 'POWER8' })
  })

  it('that needs nothing is returned as it is', () => {
    const kvm = contextOf({ virtType: 'kvm' })
    const custom: Cpu = { mode: 'custom', match: 'exact', model: 'POWER9' }
    const hostModel: Cpu = { mode: 'host-model', model: 'power8' }
    expect(cpu.update?.(custom, kvm)).toBe(custom)
    expect(cpu.update?.(hostModel, kvm)).toBe(hostModel)
  })

  it('of host-model limits the machine to its compatibility mode', () => {
    const kvm = contextOf({ virtType: 'kvm' })
    const answer = cpu.argument({ mode: 'host-model', model: 'power8' }, kvm)
    expect(answer).toEqual({ model: 'host', flags: [], machine: { 'max-cpu-compat': 'power8' } })
    expect(cpu.argument({ mode: 'host-model' }, kvm)).toEqual({ model: 'host', flags: [] })
    expect(cpu.argument({ mode: 'host-passthrough' }, kvm)).toEqual({ model: 'host', flags: [] })
  })

  it('is translated to a model that is there', () => {
    expect(cpu.translate?.({ model: 'POWER8E' }, ['POWER8', 'POWER9'])?.model).toBe('POWER8')
    expect(cpu.translate?.({ model: 'POWER8E' }, ['power8'])?.model).toBe('POWER8')
    expect(cpu.translate?.({ model: 'POWER8' }, ['POWER8'])).toEqual({ model: 'POWER8' })
    expect(cpu.translate?.({ model: 'POWER10' }, ['POWER9'])).toBeUndefined()
  })

  it('without a CPU has the machine’s own, and with KVM the host’s', () => {
    expect(cpu.byDefault(contextOf())).toMatchObject({ mode: 'custom', model: 'POWER9' })
    expect(cpu.byDefault(contextOf({ virtType: 'kvm' }))).toEqual({
      mode: 'host-passthrough',
      check: 'none',
    })
  })

  it('of host-model means the host’s model, with KVM only', () => {
    expect(cpu.hostModel?.(contextOf({ virtType: 'kvm' }))).toEqual({
      mode: 'custom',
      model: 'POWER9',
      vendor: 'IBM',
      fallback: 'allow',
    })
    expect(cpu.hostModel?.(contextOf())).toBeUndefined()
  })
})
