import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { isMigratable } from '../../src/cpu/features.ts'
import { hostOf } from '../contexts.ts'
import { answers } from '../libvirt-answers.ts'
import { epycGuest } from '../hosts/epyc-guest.ts'

describe('the host’s CPU', () => {
  it('is the one that libvirt’s capabilities showed there', () => {
    const { model = '', features = [] } = cpu.host?.(epycGuest.expected) ?? {}
    expect([model, ...features.map(({ name }) => name)].join(' ')).toBe(answers('host')[0])
  })

  it('of which nothing is known has no name', () => {
    expect(cpu.host?.(hostOf())).toBeUndefined()
  })

  it.each([
    [60, 3, 'Haswell-noTSX'],
    [63, 3, 'Haswell-noTSX'],
    [63, 4, 'Haswell'],
  ])('of model %i, stepping %i, has transactions only where they work', (model, stepping, name) => {
    const features = cpu.expandFeatures?.({ model: 'Haswell' }).features?.map((one) => one.name)
    const signature = { family: 6, model, stepping }
    const host = hostOf({ vendor: 'Intel', features: features ?? [], signature })
    expect(cpu.host?.(host)?.model).toBe(name)
  })
})

describe('features that keep a guest where it is', () => {
  it('are two', () => {
    expect(['invtsc', 'xsaves', 'avx'].filter((name) => !isMigratable(name))).toEqual([
      'invtsc',
      'xsaves',
    ])
  })
})

describe('all features of a CPU', () => {
  it('are those of its model and what was required or disabled', () => {
    const features = [
      { policy: 'force', name: 'avx' },
      { policy: 'require', name: 'de' },
      { policy: 'disable', name: 'vme' },
    ] as const
    expect(cpu.expandFeatures?.({ mode: 'custom', model: '486', features }).features).toEqual([
      { policy: 'require', name: 'de' },
      { policy: 'require', name: 'fpu' },
      { policy: 'require', name: 'pse' },
      { policy: 'disable', name: 'vme' },
    ])
  })

  it('of an unknown model are what it says', () => {
    const unknown = { mode: 'custom', model: 'Nope' } as const
    expect(cpu.expandFeatures?.(unknown)).toBe(unknown)
  })
})
