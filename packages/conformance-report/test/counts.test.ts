import { describe, expect, it } from 'vitest'
import { exitVerdict, failedIds, tally, verdictLine } from '../src/index.ts'
import { makeCase, makeFailed, makeNotRun, makeRun } from './make-run.ts'

const mixed = makeRun([
  makeCase({ tier: 'live', scenario: 'disk/a' }),
  makeCase({ scenario: 'disk/a' }),
  makeFailed({ scenario: 'disk/b' }),
  makeNotRun({ tier: 'guest', scenario: 'disk/a', machine: 'powernv' }),
])

describe('the counts of a run', () => {
  it('are made by tier, the cheapest first, and by target', () => {
    expect(tally(mixed)).toEqual({
      all: { passed: 2, failed: 1, notRun: 1 },
      byTier: [
        { tier: 'model', counts: { passed: 1, failed: 1, notRun: 0 } },
        { tier: 'live', counts: { passed: 1, failed: 0, notRun: 0 } },
        { tier: 'guest', counts: { passed: 0, failed: 0, notRun: 1 } },
      ],
      byTarget: [
        {
          guest: 'ppc64le',
          machine: 'pseries',
          counts: { passed: 2, failed: 1, notRun: 0 },
          byTier: [
            { tier: 'model', counts: { passed: 1, failed: 1, notRun: 0 } },
            { tier: 'live', counts: { passed: 1, failed: 0, notRun: 0 } },
          ],
        },
        {
          guest: 'ppc64le',
          machine: 'powernv',
          counts: { passed: 0, failed: 0, notRun: 1 },
          byTier: [{ tier: 'guest', counts: { passed: 0, failed: 0, notRun: 1 } }],
        },
      ],
    })
  })

  it('fit into a line', () => {
    expect(verdictLine(mixed)).toBe('2 passed, 1 failed, 1 not run')
    expect(verdictLine({ ...mixed, interrupted: true })).toMatch(/stopped before its end$/)
  })
})

describe('the verdict', () => {
  it('is that a run passed whose cases did, whatever could not be tried', () => {
    expect(exitVerdict(makeRun([makeCase(), makeNotRun({ tier: 'guest' })]))).toBe('passed')
  })

  it.each([
    ['a case failed', mixed],
    ['nothing could be tried', makeRun([makeNotRun()])],
    ['there was nothing to try', makeRun([])],
    ['the run was stopped', makeRun([makeCase()], { interrupted: true })],
  ])('is that a run failed if %s', (_, run) => {
    expect(exitVerdict(run)).toBe('failed')
  })

  it('names the cases to run again', () => {
    expect(failedIds(mixed)).toEqual(['ppc64le/pseries/model/disk/b'])
  })
})
