import { describe, expect, it } from 'vitest'
import type { Cpu, CpuContext, CpuFeature, CpuProperties } from '@polyvirt/core/arch'
import { cpu } from '../../src/cpu-driver.ts'
import { contextOf, recorded } from '../contexts.ts'

/** A Skylake that asks for these. */
const asking = (...names: readonly string[]): Cpu => ({
  mode: 'custom',
  match: 'exact',
  check: 'partial',
  model: 'Skylake-Client-noTSX-IBRS',
  fallback: 'forbid',
  features: names.map((name): CpuFeature => ({ policy: 'require', name })),
})

const skylake: CpuProperties = {
  ...Object.fromEntries(featuresOfSkylake().map((name) => [name, true] as const)),
  vendor: 'GenuineIntel',
  family: 6,
  model: 94,
  stepping: 3,
}

/** As QEMU names them. */
function featuresOfSkylake(): readonly string[] {
  const qemu: Readonly<Record<string, string>> = { pclmuldq: 'pclmulqdq', lahf_lm: 'lahf-lm' }
  const whole = cpu.expandFeatures?.({ mode: 'custom', model: 'Skylake-Client-noTSX-IBRS' })
  return (whole?.features ?? [])
    .filter(({ policy }) => policy === 'require')
    .map(({ name }) => qemu[name] ?? name)
}

/** KVM on a Skylake that gives these beside its model. */
function onKvm(more: CpuProperties): CpuContext {
  const capabilities = recorded()
  return contextOf({
    virtType: 'kvm',
    capabilities: {
      ...capabilities,
      kvm: { present: true, usable: true, cpus: capabilities.cpus.map(({ name }) => ({ name })) },
      widestCpu: { ...capabilities.widestCpu, kvm: { ...skylake, ...more } },
    },
  })
}

const withEpt = onKvm({ vmx: true, 'vmx-ept': true, 'vmx-ple': false })

describe('features of VMX', () => {
  it('are taken where KVM gives them, by libvirt’s names', () => {
    expect(cpu.check(asking('vmx', 'vmx-ept'), withEpt)).toEqual([])
    expect(cpu.argument(asking('vmx', 'vmx-ept'), withEpt).flags).toEqual([
      ['vmx', 'on'],
      ['vmx-ept', 'on'],
    ])
  })

  it('are refused by name where it does not', () => {
    const [problem] = cpu.check(asking('vmx', 'vmx-ept', 'vmx-ple'), withEpt)
    expect(problem).toEqual({
      code: 'ERR_CPU_INCOMPATIBLE',
      path: 'feature[3]',
      message: 'Host CPU does not provide required features: vmx-ple',
    })
  })

  it('are refused under TCG, which has no VMX', () => {
    const [problem] = cpu.check(asking('vmx-ept'), contextOf())
    expect(problem?.message).toMatch(/does not provide required features: .*\bvmx-ept\b/)
  })

  it('that QEMU has no name for are not given to it', () => {
    expect(cpu.argument(asking('vmx-ept-wb', 'vmx-ept'), withEpt).flags).toEqual([
      ['vmx-ept', 'on'],
    ])
  })

  it('are part of the host’s model, so that a guest that moves keeps them', () => {
    const { features = [] } = cpu.hostModel?.(withEpt) ?? {}
    expect(features.filter(({ name }) => name.startsWith('vmx'))).toEqual([
      { policy: 'require', name: 'vmx' },
      { policy: 'require', name: 'vmx-ept' },
    ])
  })

  it('are read from their registers', () => {
    const model = 'Skylake-Client-noTSX-IBRS'
    const data = cpu.encode?.({ ...asking('vmx-ept', 'vmx-invvpid-all-context'), model }) ?? {}
    expect(data).toMatchObject({ 'msr.48b': 0x2, 'msr.48c.edx': 0x400 })
    expect(cpu.decode?.(data, [model])?.features).toEqual([
      { name: 'vmx-ept' },
      { name: 'vmx-invvpid-all-context' },
    ])
  })

  it('with a typing mistake are refused with the nearest', () => {
    const [problem] = cpu.validateFeatures?.(asking('vmx-etp')) ?? []
    expect(problem?.message).toBe("unknown CPU feature 'vmx-etp'; did you mean 'vmx-ept'?")
  })
})
