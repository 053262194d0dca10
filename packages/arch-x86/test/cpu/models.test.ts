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
    expect(cpu.models.slice(names.length).map(({ name }) => name)).toEqual([
      'KnightsMill',
      'Denverton',
      'SapphireRapids',
      'GraniteRapids',
      'SierraForest',
      'EPYC-Genoa',
    ])
  })

  it.each(expanded)('have libvirt’s features when expanded: %s', (line) => {
    const [model = '', expected] = line.split(' = ')
    const answer = cpu.baseline([{ model }], { expandFeatures: true })
    expect('cpu' in answer && written(answer.cpu)).toBe(expected)
  })
})
