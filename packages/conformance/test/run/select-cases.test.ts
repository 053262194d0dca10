import { describe, expect, it } from 'vitest'
import { scenarioPattern, selectCases } from '../../src/run/select-cases.ts'
import { inShard } from '../../src/run/shard.ts'
import { aCase } from './a-case.ts'

const many = Array.from({ length: 200 }, (_, index) => aCase({ scenario: `chapter/${index}` }))

describe('the choice of cases', () => {
  it.each([
    ['disk', 'disk/cdrom', true],
    ['disk', 'diskless/boot', false],
    ['disk/cdrom', 'disk/cdrom', true],
    ['disk/cdrom', 'disk/cdrom-empty', false],
    ['disk/*', 'disk/cdrom', true],
    ['*cdrom*', 'disk/cdrom-empty', true],
    ['model/disk', 'model/disk/virtio', true],
    ['d.sk', 'disk/cdrom', false],
  ])('%s takes %s: %s', (pattern, scenario, wanted) => {
    expect(scenarioPattern(pattern).test(scenario)).toBe(wanted)
  })

  it('keeps to tiers, scenarios and ids, all at once', () => {
    const cases = [
      aCase(),
      aCase({ tier: 'live' }),
      aCase({ scenario: 'clock/utc' }),
      aCase({ tier: 'golden', scenario: 'disk/two' }),
    ]
    const ids = (selection: Parameters<typeof selectCases>[1]): readonly string[] =>
      selectCases(cases, selection).map(({ id }) => id)
    expect(ids({})).toHaveLength(4)
    expect(ids({ tiers: ['live', 'golden'], scenarios: ['disk'] })).toEqual([
      'toy64/toy/live/disk/cdrom',
      'toy64/toy/golden/disk/two',
    ])
    expect(ids({ only: ['toy64/toy/model/clock/utc', 'toy64/toy/model/gone'] })).toEqual([
      'toy64/toy/model/clock/utc',
    ])
  })

  it('keeps to guest architectures', () => {
    const cases = [aCase(), aCase({ guest: 'toy32' })]
    expect(selectCases(cases, { guests: ['toy32', 'toy16'] })).toEqual(cases.slice(1))
  })

  it('parts the cases so that each is in one part, whatever else is chosen', () => {
    const parts = [1, 2, 3].map((index) => selectCases(many, { shard: { index, of: 3 } }))
    expect(
      parts
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(many.map(({ id }) => id).toSorted())
    for (const part of parts) expect(part.length).toBeGreaterThan(many.length / 6)
    const [one] = parts.flat()
    expect([1, 2, 3].filter((index) => inShard(one?.id ?? '', { index, of: 3 }))).toHaveLength(1)
  })

  it.each([
    [0, 2],
    [3, 2],
    [1.5, 2],
    [1, 0],
  ])('has no part %s of %s', (index, of) => {
    expect(() => selectCases(many, { shard: { index, of } })).toThrow(RangeError)
  })
})
