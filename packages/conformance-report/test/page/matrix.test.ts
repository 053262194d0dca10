import { describe, expect, it } from 'vitest'
import { caseFilter } from '../../page/case-filter.ts'
import { caseModel, type CaseModel } from '../../page/case-model.ts'
import { chapterSum } from '../../page/chapter-sum.ts'
import { matrixLayout, type MatrixTable } from '../../page/matrix-layout.ts'
import { noFilters, type PageState } from '../../page/page-state.ts'
import type { CaseResult } from '../../src/results.ts'
import { makeCase, makeFailed, makeNotRun } from '../make-run.ts'

const modelOf = (...runs: readonly (readonly CaseResult[])[]): CaseModel =>
  caseModel({
    runs: runs.map((cases, at) => ({
      label: `run ${at}`,
      cases: cases.map(({ failure, ...one }) => ({
        ...one,
        ...(failure === undefined ? {} : { message: failure.message }),
        parts: {},
      })),
    })),
  })

const tablesOf = (model: CaseModel, state: Partial<PageState> = {}): readonly MatrixTable[] =>
  matrixLayout(model.cases, { tiers: model.tiers, fits: caseFilter({ ...noFilters, ...state }) })

const scenariosOf = (tables: readonly MatrixTable[]): readonly string[] =>
  tables.flatMap(({ chapters }) =>
    chapters.flatMap(({ rows }) => rows.map(({ scenario }) => scenario)),
  )

const cases = [
  makeCase({ scenario: 'disk/a' }),
  makeFailed({ scenario: 'disk/a', tier: 'live' }),
  makeCase({ scenario: 'disk/a', guest: 'x86_64', machine: 'q35' }),
  makeNotRun({ scenario: 'cpu/b', tier: 'guest' }),
  makeCase({ scenario: 'cpu/b', face: 'refused' }),
]

describe('the matrix', () => {
  it('has a row for each scenario, by chapter, and a column for each machine in each run', () => {
    const [table] = tablesOf(modelOf(cases, cases))
    expect(table?.columns).toEqual([
      { guest: 'ppc64le', machine: 'pseries', run: 0 },
      { guest: 'ppc64le', machine: 'pseries', run: 1 },
      { guest: 'x86_64', machine: 'q35', run: 0 },
      { guest: 'x86_64', machine: 'q35', run: 1 },
    ])
    expect(table?.tiers).toEqual(['model', 'live', 'guest'])
    expect(table?.chapters.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['disk', 1],
      ['cpu', 1],
    ])
    const cells = table?.chapters[0]?.rows[0]?.cells ?? []
    expect(cells.map((cell) => cell.map((one) => one?.outcome))).toEqual([
      ['passed', 'failed', undefined],
      ['passed', 'failed', undefined],
      ['passed', undefined, undefined],
      ['passed', undefined, undefined],
    ])
  })

  it('has a table of its own for the laws of an architecture', () => {
    const law = makeCase({ scenario: 'law/a', machine: 'any', tier: 'laws' })
    const tables = tablesOf(modelOf([law, ...cases]))
    expect(tables.map(({ name, tiers }) => [name, tiers])).toEqual([
      ['Scenarios by machine', ['model', 'live', 'guest']],
      ['Laws of each architecture', ['laws']],
    ])
  })

  it('shows the worst of a closed chapter', () => {
    const [table] = tablesOf(modelOf([...cases, makeFailed({ scenario: 'cpu/c' })]))
    const [disk, cpu] = table?.chapters ?? []
    if (disk === undefined || cpu === undefined) throw new Error('there are two chapters')
    expect(chapterSum(disk, 0, 1)?.mark.name).toBe('failed')
    expect(chapterSum(cpu, 0, 0)).toMatchObject({
      mark: { name: 'failed' },
      words: '1 refused, 1 failed',
    })
    expect(chapterSum(cpu, 0, 2)?.mark.name).toBe('not-run')
    expect(chapterSum(cpu, 1, 0)).toBeUndefined()
  })

  it.each<[string, Partial<PageState>, readonly string[]]>([
    ['what failed', { wanted: 'failed' }, ['disk/a']],
    ['what was not run', { wanted: 'not-run' }, ['cpu/b']],
    ['what was refused', { wanted: 'refused' }, ['cpu/b']],
    ['words of the failure, in any order', { text: 'second VDA' }, ['disk/a']],
    ['words of the reason', { text: 'not installed' }, ['cpu/b']],
    ['a machine by name', { text: 'q35' }, ['disk/a']],
    ['what failed on a machine where nothing did', { wanted: 'failed', text: 'q35' }, []],
    ['an architecture', { guests: ['x86_64'] }, ['disk/a']],
    ['a tier', { tiers: ['guest'] }, ['cpu/b']],
  ])('can be asked for %s', (_, state, scenarios) => {
    expect(scenariosOf(tablesOf(modelOf(cases), state))).toEqual(scenarios)
  })

  it('can be asked for what differs between runs: by outcome, by face, or for want of a case', () => {
    const other = [
      makeFailed({ scenario: 'disk/a' }),
      makeCase({ scenario: 'cpu/b' }),
      makeCase({ scenario: 'rng/c' }),
      makeCase({ scenario: 'rng/d' }),
    ]
    const one = [
      makeCase({ scenario: 'disk/a' }),
      makeCase({ scenario: 'cpu/b', face: 'refused' }),
      makeCase({ scenario: 'rng/c' }),
    ]
    expect(scenariosOf(tablesOf(modelOf(one, other), { wanted: 'differs' }))).toEqual([
      'disk/a',
      'cpu/b',
      'rng/d',
    ])
  })
})
