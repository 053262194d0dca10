import { describe, expect, it } from 'vitest'
import type { Cpu, CpuContext } from '@polyvirt/core/arch'
import { cpu } from '../src/cpu-driver.ts'
import { contextOf, hostWith } from './contexts.ts'

const custom = (model: string): Cpu => ({ mode: 'custom', match: 'exact', model })
const compat = (model?: string): Cpu => ({ mode: 'host-model', ...(model && { model }) })
const hv = (model: string | undefined): Partial<CpuContext> => ({
  virtType: 'kvm',
  host: hostWith(model, ['kvm_hv']),
})
const pr: Partial<CpuContext> = { virtType: 'kvm', host: hostWith('POWER8', ['kvm_pr']) }

const tcg: Partial<CpuContext> = { virtType: 'qemu' }

const inGuest = hostWith('POWER9', ['kvm_hv'])
const nested = {
  virtType: 'kvm',
  host: { ...inGuest, virtualization: { modules: ['kvm_hv'], guestOf: 'KVM' } },
} as const

describe('accepted', () => {
  it.each([
    ['a generation', custom('POWER9'), tcg],
    ['an older one', custom('POWER7'), tcg],
    ['a variant', custom('POWER8NVL'), tcg],
    ['an old name', custom('POWER7_v2.3'), tcg],
    ['a revision of QEMU’s', custom('power9_v1.0'), tcg],
    ['the 970s that pseries has a core for', custom('970mp'), tcg],
    ['POWER5+ by either spelling', custom('POWER5+'), tcg],
    ['POWER5+ as QEMU spells it', custom('power5+'), tcg],
    ['the host’s own generation', custom('POWER9'), hv('POWER9')],
    ['a variant of the host’s generation', custom('POWER8E'), hv('POWER8')],
    ['the host', compat(), hv('POWER8')],
    ['a mode that the host has', compat('power8'), hv('POWER9')],
    ['a mode with radix trees in a guest', compat('power9'), nested],
    ['the host, whatever it is', { mode: 'host-passthrough' }, hv('970mp')],
    ['a mode on a host that is not known', compat('power8'), hv(undefined)],
    ['another generation with KVM-PR', custom('POWER7'), pr],
  ] satisfies readonly [string, Cpu, Partial<CpuContext>][])('%s', (_what, one, context) => {
    expect(cpu.check(one, contextOf(context))).toEqual([])
  })
})

describe('an emulated guest', () => {
  it('is judged without a look at the host, which takes as long as much of a start', () => {
    const host = new Proxy(hostWith('POWER9', []), {
      get: (_, key) => {
        throw new Error(`the host's ${String(key)} was read`)
      },
    })
    for (const one of [custom('POWER9'), custom('970mp'), compat('power8')])
      expect(() => cpu.check(one, contextOf({ virtType: 'qemu', host }))).not.toThrow()
    expect(() => cpu.check(custom('POWER9'), contextOf({ virtType: 'kvm', host }))).toThrow('read')
  })
})

const foreign = { virtType: 'kvm', host: { ...hostWith(undefined, []), arch: 'x86_64' } } as const

describe('refused', () => {
  it.each([
    ['a 970fx, which QEMU has no core of', custom('970fx'), tcg, 'model', 'but not on pseries'],
    ['QEMU’s ppc64, which is one', custom('ppc64'), tcg, 'model', 'offered: POWER7, POWER8'],
    ['an embedded CPU', custom('POWERPC_e5500'), tcg, 'model', 'not on pseries'],
    ['a newer one than QEMU has', custom('POWER11'), tcg, 'model', "did you mean 'POWER10'"],
    ['an older one than QEMU has', custom('POWER6'), tcg, 'model', 'not offered on pseries'],
    ['lower case', custom('power9'), tcg, 'model', "did you mean 'POWER9'"],
    ['the host with TCG', { mode: 'host-passthrough' }, tcg, '@mode', 'needs KVM'],
    [
      'the host on another',
      compat(),
      foreign,
      '@mode',
      "on a Power host, and this one is 'x86_64'",
    ],
    ['everything', { mode: 'maximum' }, hv('POWER9'), '@mode', 'name a generation'],
    ['a level in upper case', compat('POWER8'), hv('POWER9'), 'model', "did you mean 'power8'"],
    ['a level without radix trees in a guest', compat('power8'), nested, 'model', "use 'power9'"],
    ['a level above the host', compat('power10'), hv('POWER9'), 'model', 'power8, power9'],
    ['a level above QEMU', compat('power11'), hv('POWER11'), 'model', "newest is 'power10'"],
    ['a level on a 970', compat('power6'), hv('970mp'), 'model', 'no compatibility modes'],
    ['another generation', custom('POWER8'), hv('POWER9'), 'model', '<model>power8</model>'],
    ['another vendor', { ...custom('POWER9'), vendor: 'Freescale' }, hv('POWER9'), 'model', 'IBM'],
    [
      'a feature',
      { ...custom('POWER9'), features: [{ name: 'x' }] },
      tcg,
      'feature[1]',
      'features',
    ],
    ['a vendor id', { ...custom('POWER9'), vendorId: 'GenuineIntel' }, tcg, 'model/@vendor_id', ''],
    ['a cache', { ...custom('POWER9'), cacheMode: 'emulate' }, tcg, 'cache', 'not offered'],
  ] satisfies readonly [string, Cpu, Partial<CpuContext>, string, string][])(
    '%s',
    (_what, one, context, path, message) => {
      const problems = cpu.check(one, contextOf(context))
      expect(problems.map((problem) => problem.path)).toEqual([path])
      expect(problems[0]?.message).toContain(message)
    },
  )

  it('by the features alone, whatever they are', () => {
    expect(cpu.validateFeatures?.({ features: [{ name: 'vmx' }] })).toHaveLength(1)
    expect(cpu.validateFeatures?.({ model: 'POWER9' })).toEqual([])
  })
})
