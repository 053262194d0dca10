import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { featureRegisters } from '../../src/cpu/feature-registers.ts'
import { featureNames } from '../../src/cpu/features.ts'
import { fromRegisters, toRegisters } from '../../src/cpu/registers.ts'

/**
 * Two are nobody's, and two of the first Haswell, whose transactions do not work. Numbered versions
 * are only there to be named.
 */
const decodable = cpu.models.filter(({ name }) => !/^cpu64|^Haswell(-IBRS)?$|-v\d+$/.test(name))

describe('registers', () => {
  it('are CPUID’s: leaf 0 spells the vendor, leaf 1 has the signature and the first features', () => {
    const data = cpu.encode?.({ mode: 'custom', model: 'EPYC-Milan' }) ?? {}
    // What an EPYC 7713 answers: `AuthenticAMD`, family 25, model 1.
    expect(data).toMatchObject({
      'cpuid.0.0.ebx': 0x68747541,
      'cpuid.0.0.edx': 0x69746e65,
      'cpuid.0.0.ecx': 0x444d4163,
      'cpuid.1.0.eax': 0x00a00f10,
      'cpuid.7.0.edx': 0x00000010,
      'cpuid.8000000a.0.edx': 0x10000009,
    })
  })

  it.each(decodable)('of $name lead back to it', (model) => {
    const data = cpu.encode?.({ mode: 'custom', model: model.name }) ?? {}
    const found = cpu.decode?.(data, [model.name])
    expect(found).toEqual({
      model: model.name,
      ...(model.vendor !== undefined && { vendor: model.vendor }),
      features: [],
    })
  })

  it('hold each feature in a bit of its own', () => {
    const bits = featureRegisters.flatMap(({ key, bits: own }) =>
      own.map(([bit]) => `${key} ${bit}`),
    )
    expect(new Set(bits).size).toBe(featureNames.length)
    expect(new Set(featureNames).size).toBe(featureNames.length)
  })

  it('of any processor are read as they were written', () => {
    const processor = {
      features: new Set(featureNames),
      vendor: 'Intel',
      signature: { family: 6, model: 106, stepping: 6 },
    } as const
    expect(toRegisters(processor)['cpuid.1.0.eax']).toBe(0x000606a6)
    expect(fromRegisters(toRegisters(processor))).toEqual(processor)
    expect(fromRegisters({})).toEqual({ features: new Set() })
  })

  it('of an AMD processor unknown to the tables mean the nearest model below it', () => {
    const data = toRegisters({
      features: new Set(['fpu', 'vme', 'pse']),
      vendor: 'AMD',
      signature: { family: 26, model: 2, stepping: 1 },
    })
    expect(cpu.decode?.(data)).toEqual({ model: '486', vendor: 'AMD', features: [] })
    expect(cpu.decode?.({})).toBeUndefined()
  })
})
