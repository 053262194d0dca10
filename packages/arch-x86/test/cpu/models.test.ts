import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { answers, written } from '../libvirt-answers.ts'

const expanded = answers('models')
const names = expanded.map((line) => line.split(' = ')[0] ?? '')

describe('the models', () => {
  it('begin with those of libvirt 9.0, in its order', () => {
    expect(cpu.models.slice(0, names.length).map(({ name }) => name)).toEqual(names)
  })

  it('that came later are QEMU’s', () => {
    const later = cpu.models.slice(names.length).map(({ name }) => name)
    expect(later.filter((name) => !/-v\d+$/.test(name))).toEqual([
      'KnightsMill',
      'Denverton',
      'SapphireRapids',
      'GraniteRapids',
      'SierraForest',
      'EPYC-Genoa',
      'ClearwaterForest',
      'DiamondRapids',
      'EPYC-Turin',
      'YongFeng',
    ])
  })

  it('have numbered versions, which are of the same vendor and have the features of their time', () => {
    const features = (name: string): readonly string[] => {
      const answer = cpu.baseline([{ model: name }], { expandFeatures: true })
      return 'cpu' in answer
        ? (answer.cpu.features ?? []).flatMap((one) => (one.policy === 'require' ? one.name : []))
        : []
    }
    const versions = cpu.models.filter(({ name }) => /-v\d+$/.test(name))
    expect(versions).toHaveLength(108)
    for (const { name, vendor } of versions) {
      const plain = cpu.models.find((one) => one.name === name.replace(/-v\d+$/, ''))
      expect(plain, name).toBeDefined()
      expect(vendor, name).toBe(plain?.vendor)
    }
    const [old, late] = ['EPYC-v1', 'EPYC-v5'].map((name) => new Set(features(name)))
    expect([old?.has('succor'), late?.has('succor')]).toEqual([false, true])
    expect(features('Cascadelake-Server-v4')).not.toContain('hle')
  })

  it('that are numbered name no processor unasked', () => {
    for (const { name } of cpu.models.filter((one) => /-v\d+$/.test(one.name))) {
      const found = cpu.decode?.(cpu.encode?.({ mode: 'custom', model: name }) ?? {})
      expect(found?.model ?? '', name).not.toMatch(/-v\d+$/)
    }
  })

  it.each(expanded)('have libvirt’s features when expanded: %s', (line) => {
    const [model = '', expected] = line.split(' = ')
    const answer = cpu.baseline([{ model }], { expandFeatures: true })
    expect('cpu' in answer && written(answer.cpu)).toBe(expected)
  })
})
