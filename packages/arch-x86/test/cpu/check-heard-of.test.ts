import { describe, expect, it } from 'vitest'
import type { Cpu } from '@polyvirt/core/arch'
import { cpu } from '../../src/cpu-driver.ts'
import { contextOf } from '../contexts.ts'

const custom = (model: string, rest: Partial<Cpu> = {}): Cpu => ({
  mode: 'custom',
  match: 'exact',
  check: 'none',
  model,
  fallback: 'allow',
  ...rest,
})

describe('a QEMU that is older than what is asked for', () => {
  it('is not given a model that it cannot make: the error says what it lacks', () => {
    const [problem] = cpu.check(custom('EPYC-Turin'), contextOf())
    expect(problem).toMatchObject({ code: 'ERR_CONFIG_UNSUPPORTED', path: 'model' })
    expect(problem?.message).toMatch(/QEMU 7\.2 has no CPU model 'EPYC-Turin'.*perfmon-v2/)
  })

  it('is not given a feature that it has never heard of', () => {
    const features = [
      { policy: 'require', name: 'aes' },
      { policy: 'require', name: 'cet-ss' },
    ] as const
    expect(cpu.check(custom('EPYC', { features }), contextOf())).toEqual([
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'feature[2]',
        message: "QEMU 7.2 has no feature 'cet-ss'",
      },
    ])
  })

  it('may be told to leave out what it has never heard of', () => {
    const features = [{ policy: 'disable', name: 'cet-ss' }] as const
    expect(cpu.check(custom('EPYC', { features }), contextOf())).toEqual([])
  })

  it('takes the numbered versions that it has', () => {
    expect(cpu.check(custom('EPYC-v3'), contextOf())).toEqual([])
  })
})
