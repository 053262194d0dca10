import { describe, expect, it } from 'vitest'
import { Patience, restartQuietMs } from '../../src/guest/patience.ts'

describe('patience with a guest', () => {
  it('ends when the guest is silent', () => {
    const patience = new Patience({ quietMs: 1000 }, 0)
    expect(patience.verdict(1000)).toBeUndefined()
    expect(patience.verdict(1001)).toBe('it wrote nothing for 1 s')
  })

  it('begins anew with each byte, up to the limit', () => {
    const patience = new Patience({ quietMs: 1000, limitMs: 5000 }, 0)
    for (let now = 900; now < 5000; now += 900) {
      expect(patience.verdict(now)).toBeUndefined()
      patience.moved(now)
    }
    expect(patience.verdict(5001)).toBe('it took longer than 5 s')
  })

  it('counts the time the guest could compute, where that is known', () => {
    let cpu = 0
    const patience = new Patience({ quietMs: 1000, cpuMs: () => cpu }, 0)
    cpu = 900
    expect(patience.verdict(3000)).toBeUndefined()
    cpu = 1100
    expect(patience.verdict(3000)).toBe('it wrote nothing for 3 s, in which it computed for 1 s')
  })

  it('bears the silence in which a mainframe that starts anew unpacks its kernel', () => {
    let cpu = 0
    const patience = new Patience({ quietMs: restartQuietMs, cpuMs: () => cpu }, 0)
    // As measured, on two cores under load.
    cpu = 108_000
    expect(patience.verdict(366_000)).toBeUndefined()
    cpu = 400_000
    expect(patience.verdict(400_000)).toMatch(/wrote nothing/)
  })

  it('gives up a guest that does not even compute, later', () => {
    const patience = new Patience({ quietMs: 1000, cpuMs: () => 0 }, 0)
    expect(patience.verdict(4000)).toBeUndefined()
    expect(patience.verdict(4001)).toBe('it wrote nothing for 4 s, in which it computed for 0 s')
  })
})
