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

interface Seen {
  readonly seconds?: readonly number[]
  readonly work?: Promise<void>
}

describe('long work', () => {
  async function shown(
    settings: Partial<Settings>,
    terminal: boolean,
    verbose: boolean,
    { seconds = [0, 0.1, 2, 10], work: ended = Promise.resolve() }: Seen = {},
  ): Promise<string> {
    const stderr = new Collector(terminal)
    const output = new Output({
      stdout: new Collector(terminal),
      ...{ stderr, environment: {}, noColor: true },
    })
    const { signal } = new AbortController()
    const context = { output, signal, settings: { ...defaultSettings, ...settings } } as Context
    const work = longWork(context, 'Save', verbose)
    for (const second of seconds) work.options.onProgress?.(at(second))
    await work.during(ended).catch(() => undefined)
    return stderr.text
  }

  it('is one line on a terminal, which goes again', async () => {
    const text = await shown({}, true, false)
    expect(text).toContain('\rSave: [ 20 %] 10.00 MiB/s, 0:08 left\u001b[K')
    expect(text.endsWith('\r\u001b[2K')).toBe(true)
  })

  it('is what virsh prints where it was asked for and nobody looks', async () => {
    expect(await shown({}, false, true)).toBe(
      '\rSave: [  0 %]\rSave: [  1 %]\rSave: [ 20 %]\rSave: [100 %]\n',
    )
    expect(await shown({}, false, false)).toBe('')
    expect(await shown({ quiet: true }, true, false)).toBe('')
  })

  it('has done all of it where it was seen at its beginning only, and no more where it failed', async () => {
    const seconds = [0]
    expect(await shown({}, false, true, { seconds })).toBe('\rSave: [  0 %]\rSave: [100 %]\n')
    const work = Promise.reject(new Error('no'))
    expect(await shown({}, false, true, { seconds, work })).toBe('\rSave: [  0 %]\n')
  })

  it('is a document a line for programs, not more than one a second', async () => {
    const lines = (await shown({ json: true }, false, false)).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { progress: { label: 'Save', kind: 'save', percent: 0 } },
      { progress: { percent: 20, rateBytes: 10 * mebibyte, secondsLeft: 8 } },
      { progress: { percent: 100, remainingBytes: 0 } },
    ])
    expect(await shown({ json: true, quiet: true }, false, false)).toBe('')
  })
})
