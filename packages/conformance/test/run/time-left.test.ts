import { describe, expect, it } from 'vitest'
import { timeLeft } from '../../src/run/time-left.ts'
import { aCase } from './a-case.ts'

describe('the time that is left', () => {
  const guests = ['a', 'b', 'c', 'd'].map((name) => aCase({ tier: 'guest', scenario: `x/${name}` }))
  const twoAtATime = (): number => 2

  it('is not guessed while there is nothing to go by', () => {
    expect(timeLeft(new Map(), twoAtATime).of(guests)).toBeUndefined()
    expect(timeLeft(new Map(), twoAtATime).of([])).toBe(0)
  })

  it('goes by the average of a tier, for as many at a time as there are', () => {
    const left = timeLeft(new Map(), twoAtATime)
    left.took(aCase({ tier: 'guest' }), 1000)
    left.took(aCase({ tier: 'guest' }), 3000)
    left.took(aCase({ tier: 'model' }), 1)
    expect(left.of(guests)).toBe(4000)
  })

  it('goes by what a case took before, where that is known', () => {
    const left = timeLeft(new Map([['toy64/toy/guest/x/a', 9000]]), () => 1)
    left.took(aCase({ tier: 'guest' }), 1000)
    expect(left.of(guests)).toBe(12_000)
  })
})
