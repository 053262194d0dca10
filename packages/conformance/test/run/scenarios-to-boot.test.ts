import { describe, expect, it } from 'vitest'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { judgeScenario } from '../../src/run/judged-scenario.ts'
import type { Boots } from '../../src/run/run-options.ts'
import { scenariosToBoot } from '../../src/run/scenarios-to-boot.ts'
import { domainXml, type Scenario } from '../../src/scenario.ts'
import { targetsOf, type Target } from '../../src/target.ts'

const [toy] = targetsOf(minimalArch, minimalArch.guests[0], minimalCapabilities, '/usr/bin/toy')
if (toy === undefined) throw new Error('the minimal architecture has no machine')
const second: Target = { ...toy, profile: { ...toy.profile, name: 'another' } }

const scenario = (id: string, expectations: Scenario['expect']): Scenario => ({
  id,
  title: id,
  uses: [],
  domain: domainXml(),
  ...(expectations === undefined ? {} : { expect: expectations }),
})

const all = [
  scenario('guest/everything', { guest: () => {} }),
  scenario('x/reported', { guest: () => {} }),
  scenario('x/told', { inside: async () => {} }),
  scenario('x/firmware', { firmware: async () => {} }),
  scenario('x/planned', { plan: () => {} }),
]

const booted = (boots: Boots, target: Target, cpus: readonly string[] = []): readonly string[] =>
  scenariosToBoot(
    all.map((one) => judgeScenario(one, toy)),
    target,
    { boots, cpus },
  ).map(({ id }) => id)

describe('the guests that are booted', () => {
  it.each([
    ['none', [], []],
    ['few', ['guest/everything'], ['guest/everything']],
    ['most', ['guest/everything', 'x/told', 'x/firmware'], ['guest/everything']],
    [
      'all',
      ['guest/everything', 'x/reported', 'x/told', 'x/firmware'],
      ['guest/everything', 'x/reported', 'x/told', 'x/firmware'],
    ],
  ] as const)('are, where %s are wanted, %j on the first machine', (boots, first, others) => {
    expect(booted(boots, toy)).toEqual(first)
    expect(booted(boots, second)).toEqual(others)
  })

  it('are one more for each CPU model, on the first machine only', () => {
    expect(booted('few', toy, ['Toy1'])).toEqual(['guest/everything', 'guest/cpu-Toy1'])
    expect(booted('few', second, ['Toy1'])).toEqual(['guest/everything'])
  })
})
