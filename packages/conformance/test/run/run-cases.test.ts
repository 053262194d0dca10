import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ConformanceEvent } from '../../src/run/conformance-case.ts'
import { runCases } from '../../src/run/run-cases.ts'
import { aCase } from './a-case.ts'

describe('a run of cases', () => {
  it('gives what became of each, in their order, with the evidence of those that failed too', async () => {
    const results = await runCases([
      aCase({ scenario: 'a/late', tier: 'guest', run: ({ leave }) => leave({ xml: '<a/>' }) }),
      aCase({
        scenario: 'a/wrong',
        run({ leave }) {
          leave({ xml: '<domain/>' })
          leave({ argv: ['qemu'] })
          throw new Error('it has no disk')
        },
      }),
      aCase({ scenario: 'a/absent', notRun: 'nobody has one' }),
    ])
    expect(results).toMatchObject([
      { scenario: 'a/late', outcome: 'passed', evidence: { xml: '<a/>' } },
      {
        scenario: 'a/wrong',
        outcome: 'failed',
        failure: { message: 'it has no disk', stack: expect.stringContaining('run-cases.test') },
        evidence: { xml: '<domain/>', argv: ['qemu'] },
      },
      { scenario: 'a/absent', outcome: 'not-run', reason: 'nobody has one' },
    ])
    expect(structuredClone(results)).toEqual(results)
  })

  it('begins what takes longest first, by an earlier run or by the time it has', async () => {
    const begun: string[] = []
    const one = (scenario: string, timeoutMs: number) =>
      aCase({ scenario, tier: 'guest', timeoutMs, run: () => void begun.push(scenario) })
    const results = await runCases([one('a/short', 10), one('a/known', 10), one('a/long', 20)], {
      durationsMs: new Map([['toy64/toy/guest/a/known', 30]]),
      concurrency: { guest: 1 },
    })
    expect(begun).toEqual(['a/known', 'a/long', 'a/short'])
    expect(results.map(({ scenario }) => scenario)).toEqual(['a/short', 'a/known', 'a/long'])
  })

  it('says what a refused document was refused for', async () => {
    const refusal = [{ code: 'ERR_XML_ERROR', path: 'name', message: 'no name\nat all' }]
    const [result] = await runCases([
      aCase({ face: 'refused', run: ({ leave }) => leave({ refusal }) }),
    ])
    expect(result).toMatchObject({ outcome: 'passed', reason: 'ERR_XML_ERROR: no name' })
  })

  it('tells of everything in order: what is planned, what has started, how far it is, what became of it', async () => {
    const events: ConformanceEvent[] = []
    await runCases(
      [
        aCase({ scenario: 'a/b', run: ({ progress }) => progress('halfway') }),
        aCase({ tier: 'live', scenario: 'a/b', run: () => Promise.reject(new Error('no')) }),
      ],
      { onEvent: (event) => events.push(event), durationsMs: new Map([['toy64/toy/live/a/b', 4]]) },
    )
    expect(events).toMatchObject([
      {
        kind: 'planned',
        total: 2,
        groups: [
          { guest: 'toy64', machine: 'toy', tier: 'model', total: 1 },
          { guest: 'toy64', machine: 'toy', tier: 'live', total: 1 },
        ],
      },
      { kind: 'started', case: { id: 'toy64/toy/model/a/b' } },
      { kind: 'progress', id: 'toy64/toy/model/a/b', line: 'halfway' },
      { kind: 'finished', done: 1, total: 2, counts: { passed: 1, failed: 0, notRun: 0 } },
      { kind: 'started', case: { id: 'toy64/toy/live/a/b' } },
      { kind: 'finished', done: 2, counts: { passed: 1, failed: 1, notRun: 0 }, remainingMs: 0 },
    ])
    expect(structuredClone(events)).toEqual(events)
  })

  it('has no more guests at a time than it may, and as many as it may', async () => {
    let now = 0
    let most = 0
    const run = async (): Promise<void> => {
      most = Math.max(most, ++now)
      await setTimeout(5)
      now--
    }
    const cases = Array.from({ length: 7 }, (_, index) =>
      aCase({ tier: 'guest', scenario: `a/${index}`, run }),
    )
    await runCases(cases, { concurrency: { guest: 3 } })
    expect(most).toBe(3)
  })

  it('ends early when it is told to: what runs is stopped, the rest is not tried', async () => {
    const stop = new AbortController()
    let tidied = false
    const results = await runCases(
      [
        aCase({ scenario: 'a/first' }),
        aCase({
          scenario: 'a/second',
          async run({ leave, signal }) {
            stop.abort()
            try {
              await setTimeout(60_000, undefined, { signal })
            } finally {
              tidied = true
              leave({ acts: 'save/restore: passed' })
            }
          },
        }),
        aCase({
          scenario: 'a/third',
          run() {
            throw new Error('it should not be tried')
          },
        }),
      ],
      { signal: stop.signal },
    )
    expect(tidied).toBe(true)
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['passed', undefined],
      ['not-run', 'the run was stopped'],
      ['not-run', 'the run was stopped'],
    ])
    expect(results[1]?.evidence).toEqual({ acts: 'save/restore: passed' })
  })

  it('gives up a case that takes too long, and goes on', async () => {
    const results = await runCases([
      aCase({
        scenario: 'a/slow',
        timeoutMs: 20,
        run: ({ signal }) => setTimeout(60_000, undefined, { signal }),
      }),
      aCase({ scenario: 'a/next' }),
    ])
    expect(results).toMatchObject([
      {
        outcome: 'failed',
        failure: { message: expect.stringContaining('stopped after 0.02 s') },
      },
      { outcome: 'passed' },
    ])
  })

  it('ends with the error of a listener that throws, and tries nothing more', async () => {
    let tried = 0
    const cases = ['a', 'b', 'c'].map((name) =>
      aCase({ scenario: `x/${name}`, run: () => void tried++ }),
    )
    const onEvent = (event: ConformanceEvent): void => {
      if (event.kind === 'finished') throw new Error('the terminal is gone')
    }
    await expect(runCases(cases, { onEvent })).rejects.toThrow('the terminal is gone')
    expect(tried).toBe(1)
  })

  it('keeps the evidence of failures only, where it is told to', async () => {
    const leaveAnd = (end: () => void) =>
      aCase({
        scenario: `a/${end.name}`,
        run({ leave }) {
          leave({ xml: '<domain/>' })
          end()
        },
      })
    const fail = (): void => {
      throw new Error('no')
    }
    const pass = (): void => {}
    const results = await runCases([leaveAnd(fail), leaveAnd(pass)], { evidence: 'failed' })
    expect(results.map(({ evidence }) => evidence)).toEqual([{ xml: '<domain/>' }, undefined])
  })

  it('cuts documents and words that no reader would look at whole, and says how long they were', async () => {
    const long = 'x'.repeat(100_000)
    const run = aCase({ run: ({ leave }) => leave({ xml: long, argv: ['qemu', long] }) })
    const [result] = await runCases([run])
    const { xml = '', argv = [] } = result?.evidence ?? {}
    expect(xml.length).toBeLessThan(17_000)
    expect(xml).toMatch(/… 100000 characters in all …\n$/)
    expect(argv[0]).toBe('qemu')
    expect(argv[1]).toBe(xml)
  })
})
