import { describe, expect, it } from 'vitest'
import type { Cpu } from '@polyvirt/core/arch'
import { cpu } from '../../src/cpu-driver.ts'
import { contextOf, hostOf, recorded } from '../contexts.ts'
import { epycNaples } from '../hosts/epyc-naples.ts'

const custom = (model: string, rest: Partial<Cpu> = {}): Cpu => ({
  mode: 'custom',
  match: 'exact',
  check: 'none',
  model,
  fallback: 'allow',
  ...rest,
})

describe('the CPU a guest runs with', () => {
  it('is the definition itself, where nothing is left open', () => {
    const westmere = custom('Westmere')
    expect(cpu.update?.(westmere, contextOf())).toBe(westmere)
    const widest: Cpu = { mode: 'maximum', check: 'none' }
    expect(cpu.update?.(widest, contextOf())).toBe(widest)
  })

  it('is the host’s model for host-model, with what the document adds', () => {
    const features = [
      { policy: 'force', name: 'avx512f' },
      { policy: 'disable', name: 'npt' },
      { policy: 'optional', name: 'aes' },
    ] as const
    const found = cpu.update?.({ mode: 'host-model', check: 'partial', features }, contextOf())
    expect(found).toMatchObject({
      mode: 'custom',
      match: 'exact',
      check: 'partial',
      model: 'EPYC',
      fallback: 'forbid',
      vendor: 'AMD',
    })
    expect(found?.features).toContainEqual({ policy: 'disable', name: 'npt' })
    expect(found?.features?.slice(-2)).toEqual([
      { policy: 'force', name: 'avx512f' },
      { policy: 'require', name: 'aes' },
    ])
  })

  it('of host-model is checked, as it is what QEMU said it gives', () => {
    const found = cpu.update?.({ mode: 'host-model', check: 'partial' }, contextOf())
    expect(found?.check).toBe('full')
    expect(cpu.check(found ?? {}, contextOf())).toEqual([])
  })

  it('is the host’s for a mere minimum, by the document’s vendor', () => {
    const found = cpu.update?.(
      custom('Westmere', { match: 'minimum', vendor: 'Intel' }),
      contextOf(),
    )
    expect(found).toMatchObject({ model: 'EPYC', match: 'exact', vendor: 'Intel' })
  })

  it('has or has not what was optional', () => {
    const features = [
      { policy: 'optional', name: 'avx' },
      { policy: 'optional', name: 'avx512f' },
    ] as const
    expect(cpu.update?.(custom('Westmere', { features }), contextOf())?.features).toEqual([
      { policy: 'require', name: 'avx' },
      { policy: 'disable', name: 'avx512f' },
    ])
  })

  it('is another model’s where this QEMU lacks it, or the same where it has none that is near', () => {
    const found = cpu.update?.(custom('cpu64-rhel6'), contextOf())
    expect(found).toMatchObject({ model: 'kvm64' })
    expect(found?.features).toEqual([{ policy: 'require', name: 'lahf_lm' }])
    const none = { ...recorded(), cpus: [] }
    expect(cpu.update?.(custom('Westmere'), contextOf({ capabilities: none }))).toEqual(
      custom('Westmere'),
    )
  })

  it('stays open where QEMU did not tell what it can give', () => {
    const { widestCpu: _, ...capabilities } = recorded()
    const hostModel: Cpu = { mode: 'host-model', check: 'partial' }
    expect(cpu.update?.(hostModel, contextOf({ capabilities }))).toBe(hostModel)
    expect(cpu.argument(hostModel, contextOf({ capabilities })).model).toBe('max')
  })
})

describe('a CPU by another model', () => {
  it('has the features that make the difference, the document’s own last', () => {
    const features = [{ policy: 'disable', name: 'sse2' }] as const
    expect(cpu.translate?.(custom('cpu64-rhel5', { features }), ['kvm64', '486'])).toEqual(
      custom('kvm64', {
        features: [
          { policy: 'disable', name: 'sse2' },
          { policy: 'disable', name: 'cx16' },
        ],
      }),
    )
  })

  it('is itself where the model is among them, and nothing where none is known', () => {
    const westmere = custom('Westmere')
    expect(cpu.translate?.(westmere, ['Westmere'])).toBe(westmere)
    expect(cpu.translate?.(westmere, [])).toBeUndefined()
    expect(cpu.translate?.(custom('Nope'), ['Westmere'])).toBeUndefined()
  })
})

describe('with KVM', () => {
  const host = epycNaples.expected
  const cpus = recorded().cpus.map(({ name }) => ({ name }))
  const kvm = { present: true, usable: true, cpus }

  it('host-model is made of the host itself where QEMU did not tell', () => {
    const { widestCpu: _, ...rest } = recorded()
    const context = contextOf({ virtType: 'kvm', host, capabilities: { ...rest, kvm } })
    const found = cpu.hostModel?.(context)
    expect(found).toMatchObject({ model: 'EPYC-IBPB', vendor: 'AMD', fallback: 'forbid' })
    // A counter that never stops keeps a guest where it is.
    expect(found?.features).toContainEqual({ policy: 'require', name: 'invtsc' })
    const given = cpu.update?.({ mode: 'host-model', check: 'partial' }, context)
    expect(given?.features).not.toContainEqual({ policy: 'require', name: 'invtsc' })
  })

  it('a CPU that this host cannot give is told before the start', () => {
    const capabilities = { ...recorded(), kvm }
    const context = contextOf({ virtType: 'kvm', host, capabilities })
    expect(cpu.check(custom('EPYC-IBPB', { check: 'partial' }), context)).toEqual([])
    expect(cpu.check(custom('EPYC-Milan', { check: 'partial' }), context)).toEqual([
      {
        code: 'ERR_CPU_INCOMPATIBLE',
        path: 'model',
        message: expect.stringMatching(/^Host CPU does not provide required features: pcid, erms/),
      },
    ])
    const features = [
      { policy: 'require', name: 'aes' },
      { policy: 'require', name: 'avx512f' },
    ] as const
    expect(cpu.check(custom('EPYC', { check: 'partial', features }), context)).toEqual([
      {
        code: 'ERR_CPU_INCOMPATIBLE',
        path: 'feature[2]',
        message: 'Host CPU does not provide required features: avx512f',
      },
    ])
  })

  it('the switch for migration is QEMU’s default of the 64-bit emulator', () => {
    const passthrough: Cpu = { mode: 'host-passthrough' }
    const context = contextOf({ virtType: 'kvm' })
    expect(cpu.migratableByDefault?.(passthrough, context)).toBe(true)
    expect(cpu.migratableByDefault?.({ mode: 'maximum' }, context)).toBeUndefined()
    const capabilities = recorded('qemu-system-i386')
    expect(
      cpu.migratableByDefault?.(passthrough, contextOf({ virtType: 'kvm', capabilities })),
    ).toBe(false)
  })
})

describe('more address bits than the host has', () => {
  it('are refused', () => {
    const host = hostOf({ physicalAddressBits: 39 })
    const wide = custom('kvm64', { maxphysaddrMode: 'emulate', maxphysaddrBits: 40 })
    expect(cpu.check(wide, contextOf({ host }))).toMatchObject([
      { path: 'maxphysaddr/@bits', message: expect.stringMatching(/^40 .* 39$/) },
    ])
    expect(cpu.check({ ...wide, maxphysaddrBits: 39 }, contextOf({ host }))).toEqual([])
  })
})
