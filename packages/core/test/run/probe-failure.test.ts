import { describe, expect, test, vi } from 'vitest'
import { identifyEmulator } from '../../src/run/emulator-identity.ts'
import { askUnlessFailed } from '../../src/run/probe-failure.ts'
import { MonitorError } from '../../src/qmp/index.ts'
import { tempDir } from '../support/temp-dir.ts'

const identity = identifyEmulator(process.execPath)

function failing(error: Error): { ask(): Promise<never>; readonly count: number } {
  let count = 0
  return {
    ask() {
      count++
      return Promise.reject(error)
    },
    get count() {
      return count
    },
  }
}

describe('an emulator that failed to answer', () => {
  test('is not asked again at once: the reason and its age are the answer', async () => {
    const dir = tempDir()
    const one = failing(new Error('it crashed'))
    await expect(askUnlessFailed(identity, dir, one.ask)).rejects.toThrow('it crashed')
    await expect(askUnlessFailed(identity, dir, one.ask)).rejects.toThrow(
      /it crashed \(found \d+ s ago; it is asked again after 60 s/,
    )
    expect(one.count).toBe(1)
  })

  test('is asked again when it changed, or after a while', async () => {
    const dir = tempDir()
    const one = failing(new Error('it crashed'))
    await expect(askUnlessFailed(identity, dir, one.ask)).rejects.toThrow('it crashed')
    const changed = { ...identity, mtimeNs: '1' }
    await expect(askUnlessFailed(changed, dir, () => Promise.resolve(7))).resolves.toBe(7)
    await expect(askUnlessFailed(identity, dir, one.ask)).rejects.toThrow('it crashed')
    expect(one.count).toBe(1)
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] })
    try {
      await expect(askUnlessFailed(identity, dir, () => Promise.resolve(8))).resolves.toBe(8)
    } finally {
      vi.useRealTimers()
    }
  })

  test('is not blamed by whoever gave up', async () => {
    const dir = tempDir()
    const one = failing(new MonitorError('aborted', 'gave up'))
    await expect(askUnlessFailed(identity, dir, one.ask)).rejects.toThrow('gave up')
    await expect(askUnlessFailed(identity, dir, () => Promise.resolve(9))).resolves.toBe(9)
  })

  test('is asked each time where nothing is kept', async () => {
    const one = failing(new Error('it crashed'))
    for (let i = 0; i < 2; i++)
      await expect(askUnlessFailed(identity, undefined, one.ask)).rejects.toThrow(/^it crashed$/)
    expect(one.count).toBe(2)
  })

  test('is not remembered where the system let nobody ask', async () => {
    const dir = tempDir()
    const full = Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE', syscall: 'spawn' })
    const why = new Error('cannot execute it', { cause: full })
    await expect(askUnlessFailed(identity, dir, () => Promise.reject(why))).rejects.toThrow(why)
    await expect(askUnlessFailed(identity, dir, () => Promise.resolve(9))).resolves.toBe(9)
  })
})
