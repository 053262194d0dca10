import type { Styles } from '../../output/style.ts'
import { failureLine } from './failure-line.ts'
import { renderTable } from './render-table.ts'
import { advance, nothingYet } from './run-progress.ts'
import type { RunProgress } from './run-progress.ts'
import { createScreen } from './screen.ts'
import { statusLines } from './status-lines.ts'
import type { Watcher } from './watcher.ts'

export interface LiveTableOptions {
  readonly write: (text: string) => void
  readonly styles: Styles
  /** Of the terminal, now: it may change. */
  readonly size: () => { readonly columns: number; readonly rows: number }
  readonly nowMs: () => number
  /** Calls back again and again until the answer is called. */
  readonly every: (ms: number, work: () => void) => () => void
}

/** Often enough to see things move, seldom enough not to cost anything. */
const frameMs = 100

/** A table at the end of the terminal; failures stay above it. */
export function liveTable({ write, styles, size, nowMs, every }: LiveTableOptions): Watcher {
  const screen = createScreen(write)
  let progress: RunProgress = nothingYet
  let widths: readonly number[] = []
  let widthsOf = 0
  const draw = (last = false): void => {
    const { columns, rows } = size()
    // The last column is left free: writing into it makes some terminals go on to the next line.
    const room = Math.max(1, columns - 1)
    if (widthsOf !== columns) widths = []
    const status = last ? [] : statusLines(progress, { columns: room, nowMs: nowMs() })
    const table = renderTable(
      progress,
      { columns: room, rows: Math.max(2, rows - status.length - 2), widths },
      styles,
    )
    widths = table.widths
    widthsOf = columns
    screen.draw([...table.lines, ...status], columns)
  }
  const stop = every(frameMs, () => draw())
  return {
    take(event) {
      progress = advance(progress, event, nowMs())
      if (event.kind === 'finished' && event.case.outcome === 'failed') {
        screen.print(`${styles.bad('✗')} ${failureLine(event.case)}\n`)
      }
    },
    end() {
      stop()
      draw(true)
      screen.leave()
    },
  }
}
