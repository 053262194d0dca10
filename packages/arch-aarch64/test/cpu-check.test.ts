import { describe, expect, it } from 'vitest'
import type { Cpu, CpuContext, CpuFeature } from '@polyvirt/core/arch'
import { cpu } from '../src/cpu-driver.ts'
import { contextOf, hostOf, recorded } from './contexts.ts'

const custom = (model: string, ...features: CpuFeature[]): Cpu => ({
  mode: 'custom',
  match: 'exact',
  model,
  ...(features.length > 0 && { features }),
})
const maximum = (...features: CpuFeature[]): Cpu => ({ mode: 'maximum', features })
const on = (name: string): CpuFeature => ({ policy: 'require', name })
const off = (name: string): CpuFeature => ({ policy: 'disable', name })

const tcg: Partial<CpuContext> = { virtType: 'qemu' }
const kvmOn = (model?: string): Partial<CpuContext> => ({
  virtType: 'kvm',
  host: hostOf({ ...(model !== undefined && { model }) }),
})

/** KVM on a processor with vectors of 256 bits, as QEMU tells it of `host`. */
const vectors: Partial<CpuContext> = {
  virtType: 'kvm',
  capabilities: {
    ...recorded(),
    widestCpu: { kvm: { sve: true, sve128: true, sve256: true, sve512: false, pmu: true } },
  },
}

const passthrough = (...features: CpuFeature[]): Cpu => ({ mode: 'host-passthrough', features })

describe('accepted', () => {
  it.each([
    ['a core of 64 bits', custom('cortex-a57'), tcg],
    ['a core for servers', custom('neoverse-n1'), tcg],
    ['the core of 32 bits that QEMU takes by itself', custom('cortex-a15'), tcg],
    ['everything', maximum(), tcg],
    ['everything by its name', custom('max'), tcg],
    ['its maker', { ...custom('cortex-a57'), vendor: 'ARM' }, tcg],
    ['SVE', maximum(on('sve')), tcg],
    ['no SVE', maximum(off('sve')), tcg],
    ['a vector length alone', maximum(on('sve512')), tcg],
    ['a length between powers of two', maximum(on('sve384')), tcg],
    ['a length less than the longest, left out', maximum(on('sve512'), off('sve384')), tcg],
    ['nothing beyond 1024 bits', maximum(off('sve2048')), tcg],
    ['no vectors of 128 bits where there is no SVE', maximum(off('sve'), off('sve128')), tcg],
    ['a64fx with the lengths that it has', custom('a64fx', on('sve512')), tcg],
    ['cheap pointer authentication', maximum(on('pauth-impdef')), tcg],
    [
      'an optional feature that is not there',
      custom('cortex-a57', { policy: 'optional', name: 'sve' }),
      tcg,
    ],
    ['the host', passthrough(), kvmOn('Neoverse-N1')],
    ['everything with KVM', maximum(), kvmOn('Neoverse-N1')],
    ['the host’s own core by the name that KVM takes', custom('cortex-a53'), kvmOn('cortex-a53')],
    ['a length that the host has', passthrough(on('sve256')), vectors],
    ['a length that the host has not, left out', passthrough(off('sve512')), vectors],
  ] satisfies readonly [string, Cpu, Partial<CpuContext>][])('%s', (_what, one, context) => {
    expect(cpu.check(one, contextOf(context))).toEqual([])
  })
})

const foreign: Partial<CpuContext> = { virtType: 'kvm', host: { ...hostOf(), arch: 'x86_64' } }

describe('refused', () => {
  it.each([
    ['a microcontroller', custom('cortex-m3'), tcg, 'model', 'but not on virt; offered: cortex-a7'],
    ['a core from before virtualization', custom('cortex-a9'), tcg, 'model', 'but not on virt'],
    ['a StrongARM', custom('sa1110'), tcg, 'model', 'not on virt'],
    ['libvirt’s name of a host', custom('Neoverse-N1'), tcg, 'model', "mean 'neoverse-n1'"],
    ['capitals', custom('Cortex-A57'), tcg, 'model', "did you mean 'cortex-a57'"],
    ['a newer core than QEMU has', custom('neoverse-n2'), tcg, 'model', 'is not offered'],
    ['a CPU of another world', custom('Haswell'), tcg, 'model', 'offered: cortex-a7, cortex-a15'],
    ['the host as a model', custom('host'), kvmOn('Neoverse-N1'), 'model', 'host-passthrough'],
    ['the host with TCG', passthrough(), tcg, '@mode', 'needs KVM'],
    ['the host on another', passthrough(), foreign, '@mode', "this one is 'x86_64'"],
    ['a model of the host', { mode: 'host-model' }, kvmOn('Neoverse-N1'), '@mode', 'passthrough'],
    ['a model of the host with TCG', { mode: 'host-model' }, tcg, '@mode', 'needs KVM'],
    ['another core with KVM', custom('cortex-a57'), kvmOn('Neoverse-N1'), 'model', 'Neoverse-N1'],
    ['a core that KVM has no name for', custom('cortex-a72'), kvmOn('cortex-a72'), 'model', 'own'],
    ['another maker', { ...custom('cortex-a57'), vendor: 'Apple' }, tcg, 'vendor', 'from ARM'],
    ['a vendor id', { ...custom('max'), vendorId: 'GenuineIntel' }, tcg, 'model/@vendor_id', ''],
    ['a cache', { ...custom('max'), cacheMode: 'passthrough' }, tcg, 'cache', 'not offered'],
    ['an address width', { ...custom('max'), maxphysaddrMode: 'emulate' }, tcg, 'maxphysaddr', ''],
    [
      'a switch for migration',
      { ...passthrough(), migratable: true },
      kvmOn('Neoverse-N1'),
      '@migratable',
      'no switch',
    ],
    ['a feature of PCs', custom('max', on('avx2')), tcg, 'feature[1]/@name', 'offered: sve'],
    ['a slip', maximum(on('sve129')), tcg, 'feature[1]/@name', "did you mean 'sve1"],
    ['the performance monitor', maximum(off('pmu')), tcg, 'feature[1]/@name', '<pmu state='],
    ['SVE where there is none', custom('cortex-a57', on('sve')), tcg, 'feature[1]/@name', 'none'],
    ['no SVE where there is none', custom('cortex-a57', off('sve')), tcg, 'feature[1]/@name', 'no'],
    ['a length beyond', custom('a64fx', on('sve1024')), tcg, 'feature[1]/@name', 'sve512'],
    ['a length between', custom('a64fx', on('sve384')), tcg, 'feature[1]/@name', 'offered: sve'],
    ['a length of what is off', maximum(off('sve'), on('sve256')), tcg, 'feature[2]/@name', 'off'],
    ['vectors without the shortest', maximum(off('sve128')), tcg, 'feature[1]/@name', '128 bits'],
    [
      'a gap below the longest',
      maximum(on('sve512'), off('sve256')),
      tcg,
      'feature[2]/@name',
      'sve512',
    ],
    [
      'a kind of what is off',
      maximum(off('pauth'), on('pauth-impdef')),
      tcg,
      'feature[2]/@name',
      'off',
    ],
    ['a length that the host lacks', passthrough(on('sve512')), vectors, 'feature[1]/@name', 'no'],
    ['a feature that it lacks', passthrough(on('pauth')), vectors, 'feature[1]/@name', 'sve256'],
  ] satisfies readonly [string, Cpu, Partial<CpuContext>, string, string][])(
    '%s',
    (_what, one, context, path, message) => {
      const problems = cpu.check(one, contextOf(context))
      expect(problems.map((problem) => problem.path)).toEqual([path])
      expect(problems[0]?.message).toContain(message)
    },
  )

  it('what the host cannot give is told apart from what nobody offers', () => {
    const codeOf = (one: Cpu, context: Partial<CpuContext>) =>
      cpu.check(one, contextOf(context))[0]?.code
    expect(codeOf(custom('cortex-a57'), kvmOn('Neoverse-N1'))).toBe('ERR_CPU_INCOMPATIBLE')
    expect(codeOf(passthrough(on('sve512')), vectors)).toBe('ERR_CPU_INCOMPATIBLE')
    expect(codeOf(custom('cortex-m3'), tcg)).toBe('ERR_CONFIG_UNSUPPORTED')
  })
})
