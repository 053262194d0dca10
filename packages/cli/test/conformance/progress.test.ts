import type { ConformanceEvent } from '@polyvirt/conformance/run'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/output/display-width.ts'
import { createStyles } from '../../src/output/style.ts'
import { cutText } from '../../src/conformance/progress/cut-text.ts'
import { formatDuration } from '../../src/conformance/progress/format-duration.ts'
import { liveTable } from '../../src/conformance/progress/live-table.ts'
import { plainLines } from '../../src/conformance/progress/plain-lines.ts'
import { renderTable } from '../../src/conformance/progress/render-table.ts'
import { advance, nothingYet } from '../../src/conformance/progress/run-progress.ts'
import type { RunProgress } from '../../src/conformance/progress/run-progress.ts'
import { createScreen } from '../../src/conformance/progress/screen.ts'
import { statusLines } from '../../src/conformance/progress/status-lines.ts'
import { finished, head, planned } from './events.ts'
import type { Plan } from './events.ts'
import { TinyTerminal } from './tiny-terminal.ts'

const styles = createStyles(false)

const plan: Plan = {
  ppc64le: { laws: 25, model: 266, golden: 50, live: 120, guest: 9 },
  x86_64: { laws: 25, model: 532, golden: 90, live: 260, guest: 12 },
}

const half = [
  planned(plan),
  finished(head('ppc64le', 'model', 'disk/a'), 'passed'),
  finished(head('ppc64le', 'model', 'disk/b'), 'failed'),
  finished(head('ppc64le', 'model', 'disk/c'), 'not-run'),
].reduce<RunProgress>((progress, event) => advance(progress, event, 0), nothingYet)

const table = (columns: number, rows = 20, progress = half): readonly string[] =>
  renderTable(progress, { columns, rows }, styles).lines

describe('the table of a run', () => {
  it('has a row for each guest architecture and a column for each tier', () => {
    expect(table(120)).toEqual([
      '           laws   model               golden   live    guest',
      ' ppc64le   … 25   ✓ 1 ✗ 1 – 1 … 263   … 50     … 120   … 9',
      ' x86_64    … 25   … 532               … 90     … 260   … 12',
    ])
  })

  it.each(Array.from({ length: 120 }, (_, at) => at + 1))(
    'fits a terminal of %i columns',
    (columns) => {
      for (const line of table(columns)) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
    },
  )

  it('says less where there is less room, but never hides a failure that there is room for', () => {
    expect(table(58).join('\n')).toMatch(/3\/266 ✗ 1/)
    expect(table(49).join('\n')).toMatch(/1% ✗1/)
    expect(table(30).join('\n')).toMatch(/^ +all tiers\n ppc64le +3\/470 ✗ 1\n x86_64 +0\/919$/)
    expect(table(5)).toEqual([])
  })

  it('leaves rows out by their number where the terminal is low', () => {
    expect(table(120, 2)).toHaveLength(2)
    expect(table(120, 2)[1]).toBe(' and 2 more')
  })

  it('does not move while it is filled', () => {
    const wide = renderTable(half, { columns: 120, rows: 9 }, styles)
    const full = Object.entries(plan.ppc64le ?? {})[1]?.[1] ?? 0
    const later = Array.from({ length: full - 3 }, (_, at) =>
      finished(head('ppc64le', 'model', `x/${at}`), 'passed'),
    ).reduce((progress, event) => advance(progress, event, 0), half)
    const after = renderTable(later, { columns: 120, rows: 9, widths: wide.widths }, styles)
    expect(after.widths).toEqual(wide.widths)
  })

  it('makes control characters of names harmless', () => {
    const odd = advance(nothingYet, planned({ 'a\u001b[31m': { laws: 1 } }), 0)
    expect(table(80, 9, odd).join('')).not.toContain('\u001b')
  })
})

describe('the lines below the table', () => {
  const running = [
    { kind: 'started', case: head('ppc64le', 'guest', 'guest/everything') } as const,
    {
      kind: 'progress',
      id: head('ppc64le', 'guest', 'guest/everything').id,
      line: 'Booting \u001b[1mLinux',
    } as const,
  ].reduce<RunProgress>((progress, event) => advance(progress, event, 1000), half)

  it('tell what runs, for how long, and its last words', () => {
    expect(statusLines(running, { columns: 100, nowMs: 84_000 })).toEqual([
      String.raw` ppc64le/virt guest guest/everything, 1 min 23 s: Booting \x1b[1mLinux`,
      ' 1 of 10',
    ])
  })

  it('tell what time is left, by the guess of the moment and what has passed since', () => {
    const guessed = advance(
      half,
      finished(head('x86_64', 'live', 'a/b'), 'failed', { remainingMs: 200_000 }),
      1000,
    )
    expect(statusLines(guessed, { columns: 100, nowMs: 1000 })).toEqual([
      ' 1 of 10, 1 failed, about 3 min 20 s left',
    ])
    expect(statusLines(guessed, { columns: 100, nowMs: 61_000 })).toEqual([
      ' 1 of 10, 1 failed, about 2 min 20 s left',
    ])
    expect(statusLines(guessed, { columns: 100, nowMs: 900_000 })).toEqual([
      ' 1 of 10, 1 failed, about 0 s left',
    ])
  })

  it('are cut to the terminal, and are few', () => {
    const many = Array.from({ length: 9 }, (_, at) =>
      head('ppc64le', 'live', `a/${at}`),
    ).reduce<RunProgress>(
      (progress, one) => advance(progress, { kind: 'started', case: one }, 0),
      half,
    )
    const lines = statusLines(many, { columns: 20, nowMs: 5000 })
    expect(lines).toHaveLength(6)
    expect(lines[4]).toBe(' and 5 more')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(20)
  })

  it('say what is looked at before anything is known', () => {
    expect(statusLines(nothingYet, { columns: 80, nowMs: 0 })).toEqual([
      ' looking what there is to try',
    ])
    const noted = advance(nothingYet, { kind: 'note', line: 'asking qemu' }, 0)
    expect(statusLines(noted, { columns: 80, nowMs: 0 })).toEqual([' asking qemu'])
  })
})

describe('the screen', () => {
  it('writes each frame over the one before, in one write', () => {
    const terminal = new TinyTerminal(40)
    const screen = createScreen((text) => terminal.write(text))
    screen.draw(['one', 'two', 'three'], 40)
    screen.draw(['ONE', 'b'], 40)
    expect(terminal.text).toBe('ONE\nb')
    expect(terminal.writes).toBe(2)
  })

  it('keeps what is printed, above what is drawn', () => {
    const terminal = new TinyTerminal(40)
    const screen = createScreen((text) => terminal.write(text))
    screen.draw(['table'], 40)
    screen.print('first failure\n')
    screen.draw(['table 2'], 40)
    screen.print('second failure\n')
    screen.leave()
    screen.draw(['next'], 40)
    expect(terminal.text).toBe('first failure\nsecond failure\ntable 2\nnext')
  })

  it('counts lines that a narrower terminal has broken', () => {
    const screen = createScreen((text) => written.push(text))
    const written: string[] = []
    screen.draw(['x'.repeat(30), 'y'], 40)
    screen.draw(['z'], 10)
    expect(written[1]).toContain('\x1b[4A')
  })
})

describe('the live table', () => {
  const watched = (columns: number, rows: number) => {
    const terminal = new TinyTerminal(columns)
    let work = (): void => {}
    let stopped = false
    const watcher = liveTable({
      write: (text) => terminal.write(text),
      styles,
      size: () => ({ columns, rows }),
      nowMs: () => 0,
      every(_ms, tick) {
        work = tick
        return () => (stopped = true)
      },
    })
    return { terminal, watcher, tick: () => work(), stopped: () => stopped }
  }

  it('shows how far all is, keeps failures above, and leaves the table when it ends', () => {
    const { terminal, watcher, tick, stopped } = watched(100, 24)
    watcher.take(planned({ toy64: { laws: 1, model: 2 } }))
    tick()
    expect(terminal.text).toBe('         laws   model\n toy64   … 1    … 2\n 0 of 3')
    const broken = head('toy64', 'model', 'disk/a')
    watcher.take({ kind: 'started', case: broken })
    tick()
    expect(terminal.text).toContain('\n toy64/virt model disk/a, 0 s\n')
    watcher.take(finished(broken, 'failed', { failure: { message: 'it is\nnot so' } }))
    tick()
    watcher.end()
    expect(terminal.text).toBe(
      '✗ toy64/virt/model/disk/a: it is\n         laws   model\n toy64   … 1    ✗ 1 … 1',
    )
    expect(stopped()).toBe(true)
  })

  it('is never higher than the terminal', () => {
    const { terminal, watcher, tick } = watched(60, 6)
    const guests = Array.from({ length: 20 }, (_, at) => [`arch${at}`, { laws: 1 }] as const)
    watcher.take(planned(Object.fromEntries(guests)))
    tick()
    tick()
    expect(terminal.text.split('\n').length).toBeLessThan(6)
    expect(terminal.text).toContain(' and ')
  })
})

describe('lines for a log', () => {
  const log = (events: readonly ConformanceEvent[]): string => {
    let text = ''
    const watcher = plainLines((more) => (text += more), styles)
    for (const event of events) watcher.take(event)
    watcher.end()
    return text
  }

  it('say what will be tried, what failed, and how each tier of a guest went', () => {
    const events = [
      { kind: 'note', line: 'asking qemu' } as const,
      planned({ toy64: { model: 2, guest: 2 } }),
      finished(head('toy64', 'model', 'a/b'), 'passed'),
      finished(head('toy64', 'model', 'a/c'), 'failed', { failure: { message: 'no' } }),
      finished(head('toy64', 'guest', 'a/d'), 'passed'),
      finished(head('toy64', 'guest', 'a/e'), 'not-run', { reason: 'no kernel' }),
    ]
    expect(log(events)).toBe(
      'asking qemu\n4 cases\n  toy64: model 2, guest 2\n' +
        'failed toy64/virt/model/a/c: no\ntoy64 model: 1 passed, 1 failed\n' +
        'passed toy64/virt/guest/a/d (1 min 23 s)\n' +
        'not run toy64/virt/guest/a/e: no kernel\ntoy64 guest: 1 passed, 1 not run\n',
    )
  })

  it('make what guests say harmless', () => {
    expect(log([{ kind: 'note', line: 'a\u001b]0;x\u0007' }])).toBe('a\\x1b]0;x\\x07\n')
  })
})

it.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [4_321_000, '1 h 12 min'],
])('%i ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%s in %i columns is %s', (text, columns, cut) => {
  expect(cutText(text, columns)).toBe(cut)
})
