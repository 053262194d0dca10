import { readXml } from '@polyvirt/core'
import type { XmlElement } from '@polyvirt/core'
import { describe, expect, test } from 'vitest'
import { readRecording } from '../recording.ts'
import { generateCases } from './generate-cases.ts'
import { caseKinds } from './matrix-case.ts'
import { checks, fallbacks, matches, policies } from './vocabulary.ts'

const { vocabulary } = readRecording()
const cases = generateCases(vocabulary)

/** CPUs of the domains, as they are written. */
const cpus = cases.flatMap(({ kind, family, xml = '' }) => {
  if (kind !== 'domain') return []
  const cpu = childOf(readXml(xml), 'cpu')
  return cpu === undefined ? [] : [{ family, cpu, model: childOf(cpu, 'model') }]
})

function childOf({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find((one) => one.name === name)
}

describe('The cases', () => {
  test('are enough to find what differs, and few enough to be asked live', () => {
    expect(cases.length).toBeGreaterThanOrEqual(800)
    expect(cases.length).toBeLessThanOrEqual(2500)
  })

  test('are of every kind, for both families', () => {
    const found = new Set(cases.map(({ kind, family }) => `${kind} ${family}`))
    for (const kind of caseKinds) {
      expect(found).toContain(`${kind} x86`)
      expect(found).toContain(`${kind} power`)
    }
  })

  test('have an id each', () => {
    const ids = cases.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('are the same from the same vocabulary', () => {
    expect(generateCases(vocabulary)).toEqual(cases)
  })
})

describe.each([
  ['x86', [...vocabulary.models.x86, ...vocabulary.qemuCpus.x86]],
  ['power', vocabulary.models.power],
] as const)('Every model of %s', (family, names) => {
  const ways = new Map<string, Set<string>>()
  for (const { cpu, model, family: own } of cpus) {
    if (own !== family || model === undefined) continue
    const met = ways.get(model.text) ?? new Set()
    met.add(`match ${cpu.attributes.get('match')}`)
    met.add(`fallback ${model.attributes.get('fallback')}`)
    ways.set(model.text, met)
  }
  const asked = [...matches.map((m) => `match ${m}`), ...fallbacks.map((f) => `fallback ${f}`)]

  test('is met with every match and fallback', () => {
    const lacking = names.flatMap((name) =>
      asked.filter((way) => ways.get(name)?.has(way) !== true).map((way) => `${name}: ${way}`),
    )
    expect(lacking).toEqual([])
  })
})

test.each(['x86', 'power'])('Every check and every policy is asked of %s', (family) => {
  const own = cpus.filter((one) => one.family === family)
  const given = new Set(own.map(({ cpu }) => cpu.attributes.get('check')))
  for (const check of checks) expect(given).toContain(check)
  const asked = new Set(
    own.flatMap(({ cpu }) => cpu.children.map(({ attributes }) => attributes.get('policy'))),
  )
  for (const policy of policies) expect(asked).toContain(policy)
})
