import type { CaseResult, ConformanceRun } from '@polyvirt/conformance-report'
import { describe, expect, it } from 'vitest'
import { cutEvidence } from '../../src/conformance/cut-evidence.ts'
import { exitCodeOf } from '../../src/conformance/exit-codes.ts'
import { formatSummary, groupByReason } from '../../src/conformance/format-summary.ts'
import { remember } from '../../src/conformance/run-memory.ts'
import { createStyles } from '../../src/output/style.ts'
import { head } from './events.ts'

const result = (scenario: string, outcome: CaseResult['outcome'], why?: string): CaseResult => {
  const { timeoutMs: _timeoutMs, reaches: _reaches, ...own } = head('toy64', 'model', scenario)
  return {
    ...own,
    outcome,
    durationMs: 5,
    ...(why !== undefined &&
      (outcome === 'failed' ? { failure: { message: why } } : { reason: why })),
  }
}

const runOf = (...cases: readonly CaseResult[]): ConformanceRun => ({
  format: 1,
  label: 'QEMU 7.2',
  subject: 'polyvirt 0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 61_000,
  host: 'Linux',
  emulators: [],
  cases,
  coverage: [],
})

const summary = (run: ConformanceRun, columns?: number): string =>
  formatSummary(run, { styles: createStyles(false), columns, report: '/r.html', again: 'again' })

describe('the end of a run', () => {
  it('says what failed and why, what was not run and why, and where to read on', () => {
    const run = runOf(
      result('a/a', 'passed'),
      result('a/b', 'failed', 'it is not so\nby far'),
      result('a/c', 'failed', 'it is not so'),
      result('a/d', 'not-run', 'there is no kernel'),
    )
    expect(summary(run)).toBe(
      'Failed\n  it is not so (2 cases)\n    toy64/virt/model/a/b\n    toy64/virt/model/a/c\n\n' +
        'Not run\n  1 × there is no kernel\n\n' +
        '1 passed, 2 failed, 1 not run, in 1 min 1 s\nReport: /r.html\nAgain: again\n',
    )
  })

  it('is short where all is well', () => {
    expect(summary(runOf(result('a/a', 'passed')))).toBe(
      '1 passed, 0 failed, 0 not run, in 1 min 1 s\nReport: /r.html\n',
    )
  })

  it('names the commonest reasons and a few of their cases', () => {
    const many = Array.from({ length: 40 }, (_, at) =>
      result(`a/${at}`, 'failed', at < 20 ? 'common' : `rare ${at}`),
    )
    const text = summary(runOf(...many))
    expect(text).toMatch(/^Failed\n {2}common \(20 cases\)\n( {4}\S+\n){5} {4}and 15 more\n/)
    expect(text).toContain('  and 9 other reasons\n')
  })

  it('takes reasons that differ by a path for one', () => {
    const groups = groupByReason([
      result('a/a', 'failed', 'differs from /x/fixtures/a.args'),
      result('a/b', 'failed', 'differs from /x/fixtures/b.args'),
    ])
    expect(groups.map(({ reason, ids }) => [reason, ids.length])).toEqual([['differs from …/', 2]])
    expect(groupByReason([result('a/a', 'failed', 'no /x/y')])[0]?.reason).toBe('no /x/y')
  })

  it('fits the terminal, and makes what QEMU says harmless', () => {
    const text = summary(runOf(result('a/a', 'failed', `\u001b[2J${'word '.repeat(30)}`)), 40)
    const reason = text.slice(0, text.indexOf('\n\n')).split('\n')
    expect(reason.length).toBeGreaterThan(4)
    for (const line of reason) expect(line.length).toBeLessThanOrEqual(40)
    expect(text).not.toContain('\u001b')
  })
})

it.each([
  [0, runOf(result('a/a', 'passed'), result('a/b', 'not-run'))],
  [1, runOf(result('a/a', 'passed'), result('a/b', 'failed'))],
  [3, runOf(result('a/a', 'not-run'))],
  [3, runOf()],
  [130, { ...runOf(result('a/a', 'failed')), interrupted: true }],
])('a run ends with exit code %i', (code, run) => {
  expect(exitCodeOf(run)).toBe(code)
})

it('what is kept of a case has bounds, and says where it was cut', () => {
  const long = '<!-- x -->'.repeat(20_000)
  const kept = cutEvidence(
    runOf(
      { ...result('a/a', 'passed'), evidence: { xml: long, stored: 'short', argv: ['qemu'] } },
      { ...result('a/b', 'passed'), evidence: { xml: 'short' } },
      result('a/c', 'passed'),
    ),
  )
  const [first, second, third] = kept.cases
  expect(first?.evidence?.xml?.length).toBeLessThan(66_000)
  expect(first?.evidence?.xml).toMatch(/\n… cut off here: the whole text has 200000 characters$/)
  expect(first?.evidence).toMatchObject({ stored: 'short', argv: ['qemu'] })
  expect([second?.evidence, third?.evidence]).toEqual([{ xml: 'short' }, undefined])
})

it('what was not tried stays remembered as it was', () => {
  const before = {
    failed: ['x', 'toy64/virt/model/a/a', 'toy64/virt/model/a/b'],
    durationsMs: new Map([['x', 1]]),
  }
  const after = remember(
    before,
    runOf(result('a/a', 'passed'), result('a/b', 'not-run'), result('a/c', 'failed')),
  )
  expect(after.failed).toEqual(['x', 'toy64/virt/model/a/b', 'toy64/virt/model/a/c'])
  expect([...after.durationsMs]).toEqual([
    ['x', 1],
    ['toy64/virt/model/a/a', 5],
    ['toy64/virt/model/a/c', 5],
  ])
})
