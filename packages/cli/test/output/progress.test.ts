import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/command.ts'
import type { JobProgress } from '../../src/core.ts'
import { longWork } from '../../src/output/long-work.ts'
import { Output } from '../../src/output/output.ts'
import { formatSeconds, progressMeter } from '../../src/output/progress-meter.ts'
import { defaultSettings } from '../../src/parse/settings.ts'
import type { Settings } from '../../src/parse/settings.ts'
import { Collector } from '../run-in-memory.ts'

const mebibyte = 1024 ** 2

/** Ten MiB a second of a hundred. */
const at = (seconds: number, more: Partial<JobProgress> = {}): JobProgress => ({
  kind: 'save',
  processedBytes: seconds * 10 * mebibyte,
  remainingBytes: (10 - seconds) * 10 * mebibyte,
  totalBytes: 100 * mebibyte,
  elapsedMs: seconds * 1000,
  ...more,
})

describe('a meter of long work', () => {
  it('tells the rate of late, and from it the time that is left', () => {
    const read = progressMeter()
    expect(read(at(0))).toEqual({ percent: 0 })
    expect(read(at(2))).toEqual({ percent: 20, rateBytes: 10 * mebibyte, secondsLeft: 8 })
  })

  it('believes QEMU where that tells a rate', () => {
    const read = progressMeter()
    expect(read(at(5, { rateBytes: mebibyte })).secondsLeft).toBe(50)
  })

  it('forgets what was long ago', () => {
    const read = progressMeter()
    read(at(0))
    read(at(100, { processedBytes: 0 }))
    expect(read(at(101, { processedBytes: 5, remainingBytes: 5 })).rateBytes).toBe(5)
  })

  it('says 100 only at the end, and nothing of time where nothing moves', () => {
    const read = progressMeter()
    read(at(1))
    expect(read(at(1, { elapsedMs: 9000 }))).toEqual({ percent: 10, rateBytes: 0 })
    expect(read(at(10, { remainingBytes: 1 })).percent).toBe(99)
    expect(read(at(10)).percent).toBe(100)
  })

  it('says time as a clock does', () => {
    expect([0, 7, 750, 3723].map(formatSeconds)).toEqual(['0:00', '0:07', '12:30', '1:02:03'])
  })
})

describe('long work', () => {
  function shown(settings: Partial<Settings>, terminal: boolean, verbose: boolean): string {
    const stderr = new Collector(terminal)
    const output = new Output({
      stdout: new Collector(terminal),
      ...{ stderr, environment: {}, noColor: true },
    })
    const { signal } = new AbortController()
    const context = { output, signal, settings: { ...defaultSettings, ...settings } } as Context
    const work = longWork(context, 'Save', verbose)
    for (const progress of [at(0), at(0.1), at(2), at(10)]) work.options.onProgress?.(progress)
    work.clear()
    return stderr.text
  }

  it('is one line on a terminal, which goes again', () => {
    const text = shown({}, true, false)
    expect(text).toContain('\rSave: [ 20 %] 10.00 MiB/s, 0:08 left\u001b[K')
    expect(text.endsWith('\r\u001b[2K')).toBe(true)
  })

  it('is what virsh prints where it was asked for and nobody looks', () => {
    expect(shown({}, false, true)).toBe(
      '\rSave: [  0 %]\rSave: [  1 %]\rSave: [ 20 %]\rSave: [100 %]\n',
    )
    expect(shown({}, false, false)).toBe('')
    expect(shown({ quiet: true }, true, false)).toBe('')
  })

  it('is a document a line for programs, not more than one a second', () => {
    const lines = shown({ json: true }, false, false).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { progress: { label: 'Save', kind: 'save', percent: 0 } },
      { progress: { percent: 20, rateBytes: 10 * mebibyte, secondsLeft: 8 } },
      { progress: { percent: 100, remainingBytes: 0 } },
    ])
    expect(shown({ json: true, quiet: true }, false, false)).toBe('')
  })
})
