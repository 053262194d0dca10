import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonReport, readRun, RunFormatError } from '../src/index.ts'
import { arbitraryRun } from './arbitrary-run.ts'
import { makeCase, makeFailed, makeRun } from './make-run.ts'

const run = makeRun([
  makeCase({ evidence: { argv: ['qemu'], live: { a: 1 } } }),
  makeFailed({ tier: 'live' }),
])

/** The error that reading a run with one member changed ends in. */
function errorWith(change: (value: ReturnType<typeof draft>) => void): RunFormatError {
  const value = draft()
  change(value)
  try {
    readRun(JSON.stringify(value))
  } catch (error) {
    if (error instanceof RunFormatError) return error
    throw error
  }
  throw new Error('it was read')
}

// oxlint-disable-next-line typescript/no-explicit-any -- damage is what no type allows
const draft = (): any => structuredClone(run)

describe('the JSON report', () => {
  it('gives back every run that it was made of, and the same text again', () => {
    fc.assert(
      fc.property(arbitraryRun, (made) => {
        const text = jsonReport(made)
        const read = readRun(text)
        expect(read).toEqual(made)
        expect(jsonReport(read)).toBe(text)
      }),
    )
  })

  it('has one case a line', () => {
    const lines = jsonReport(run).split('\n')
    expect(lines.filter((line) => line.includes('"scenario"'))).toHaveLength(2)
  })

  it('keeps large evidence whole', () => {
    const console = 'x'.repeat(3_000_000)
    const read = readRun(jsonReport(makeRun([makeCase({ evidence: { console } })])))
    expect(read.cases[0]?.evidence?.console).toBe(console)
  })

  it('keeps members that a later version adds', () => {
    const text = jsonReport(run).replace('"arch"', '"flaky":true,"arch"')
    expect(readRun(text).cases[0]).toMatchObject({ flaky: true })
  })
})

describe('reading a run', () => {
  it.each<[string, string, RegExp, Parameters<typeof errorWith>[0]]>([
    [
      'an unknown tier',
      'cases[1].tier',
      /found "mode", wanted "laws", "model"/,
      (value) => (value.cases[1].tier = 'mode'),
    ],
    ['a case without an id', 'cases[0].id', /is missing/, (value) => delete value.cases[0].id],
    [
      'a failure that is a text',
      'cases[1].failure',
      /found "no", wanted an object/,
      (value) => (value.cases[1].failure = 'no'),
    ],
    [
      'an argument that is no text',
      'cases[0].evidence.argv[0]',
      /found 7, wanted text/,
      (value) => (value.cases[0].evidence.argv[0] = 7),
    ],
    [
      'a time that is none',
      'startedAt',
      /wanted a time/,
      (value) => (value.startedAt = 'yesterday'),
    ],
    [
      'a shard beyond the last',
      'shard.index',
      /found 3, of 2 shards/,
      (value) => (value.shard = { index: 3, of: 2 }),
    ],
    [
      'an id twice',
      'cases[1].id',
      /is also that of cases\[0\]/,
      (value) => (value.cases[1].id = value.cases[0].id),
    ],
    [
      'another format',
      'format',
      /found 2; this version reads format 1/,
      (value) => (value.format = 2),
    ],
    ['no format', 'format', /is missing/, (value) => delete value.format],
    ['a negative duration', 'durationMs', /found -1/, (value) => (value.durationMs = -1)],
  ])('names the place of %s', (_, path, problem, change) => {
    const error = errorWith(change)
    expect(error.path).toBe(path)
    expect(error.message).toMatch(problem)
    expect(error.message.startsWith(`${path}: `)).toBe(true)
  })

  it.each(['', '{', '[]', 'null', '"run"', '<html>'])('refuses %j', (text) => {
    expect(() => readRun(text)).toThrow(RunFormatError)
  })

  it('ends in a run or in a named place, whatever is changed', () => {
    const text = jsonReport(run)
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.string({ maxLength: 3 }), (at, put) => {
        const damaged = text.slice(0, at) + put + text.slice(at + put.length)
        try {
          expect(readRun(damaged).format).toBe(1)
        } catch (error) {
          expect(error).toBeInstanceOf(RunFormatError)
        }
      }),
    )
  })
})
