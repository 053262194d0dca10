import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeRuns, tally, type CaseResult, type ConformanceRun } from '../src/index.ts'
import { makeCase, makeFailed, makeRun } from './make-run.ts'

const shard = (
  index: number,
  cases: readonly CaseResult[],
  changes: Partial<ConformanceRun> = {},
): ConformanceRun => makeRun(cases, { shard: { index, of: 2 }, ...changes })

const a = makeCase({ scenario: 'disk/a' })
const b = makeFailed({ scenario: 'disk/b' })

describe('merging shards', () => {
  it('gives one run with all their cases, however they were divided and ordered', () => {
    const cases = Array.from({ length: 20 }, (_, at) => makeCase({ scenario: `disk/${at}` }))
    const whole = mergeRuns([shard(1, cases), shard(2, [])])
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (sides) => {
        const parts = [true, false].map((side) => cases.filter((_, at) => sides[at] === side))
        const merged = mergeRuns([shard(2, parts[1] ?? []), shard(1, parts[0] ?? [])])
        expect(merged).toEqual(whole)
        expect(tally(merged).all.passed).toBe(20)
      }),
    )
    expect(whole).not.toHaveProperty('shard')
  })

  it('takes what one shard reached as reached', () => {
    const coverage = (unreached: readonly string[]): ConformanceRun['coverage'] => [
      {
        guest: 'ppc64le',
        machine: 'pseries',
        offered: ['device:disk', 'device:rng', 'timer:rtc'],
        unreached,
      },
    ]
    const merged = mergeRuns([
      shard(1, [a], { coverage: coverage(['device:rng', 'timer:rtc']) }),
      shard(2, [b], { coverage: coverage(['device:disk', 'timer:rtc']) }),
    ])
    expect(merged.coverage[0]?.unreached).toEqual(['timer:rtc'])
    expect(merged.coverage[0]?.offered).toHaveLength(3)
  })

  it('lasts from the first start to the last end', () => {
    const { startedAt, durationMs } = mergeRuns([
      shard(1, [a], { startedAt: '2026-01-01T00:00:10.000Z', durationMs: 5000 }),
      shard(2, [b], { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 8000 }),
    ])
    expect({ startedAt, durationMs }).toEqual({
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 15_000,
    })
  })

  it('is interrupted if a shard was', () => {
    expect(mergeRuns([shard(1, [a]), shard(2, [b], { interrupted: true })]).interrupted).toBe(true)
  })

  it('leaves a whole run as it is', () => {
    const run = makeRun([a, b])
    expect(mergeRuns([run])).toBe(run)
  })

  it.each([
    ['no runs', [], /no runs/],
    ['a shard alone', [shard(2, [a])], /not given: shard 1\/2/],
    ['a shard twice', [shard(1, [a]), shard(1, [b])], /shard 1\/2 is given twice/],
    ['whole runs', [makeRun([a]), makeRun([b])], /is a whole run, not a shard/],
    [
      'overlapping shards',
      [shard(1, [a]), shard(2, [a])],
      /shard 1\/2 and shard 2\/2 overlap: both have 'ppc64le\/pseries\/model\/disk\/a'/,
    ],
    [
      'shards of two divisions',
      [shard(1, [a]), shard(2, [b], { shard: { index: 2, of: 3 } })],
      /2\/3 is of another division/,
    ],
    [
      'shards of two subjects',
      [shard(1, [a]), shard(2, [b], { subject: 'polyvirt 0.2.0' })],
      /shard 2\/2 has 'polyvirt 0\.2\.0'/,
    ],
    ['shards of two labels', [shard(1, [a]), shard(2, [b], { label: 'QEMU 10' })], /label/],
    [
      'shards on two emulators',
      [
        shard(1, [a]),
        shard(2, [b], { emulators: [{ guest: 'ppc64le', path: '/q', version: '10.0.3' }] }),
      ],
      /another emulator of ppc64le: 10\.0\.3 instead of 7\.2\.22/,
    ],
  ])('refuses %s', (_, runs, message) => {
    expect(() => mergeRuns(runs)).toThrow(
      expect.objectContaining({ name: 'MergeError', message: expect.stringMatching(message) }),
    )
  })
})
