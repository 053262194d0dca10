import type { CaseResult, Tier } from '@polyvirt/conformance-report'
import type { Styles } from '../../output/style.ts'
import { printable } from '../../core.ts'
import { failureLine } from './failure-line.ts'
import { formatDuration } from './format-duration.ts'
import { advance, nothingYet } from './run-progress.ts'
import type { Cell, RunProgress } from './run-progress.ts'
import type { Watcher } from './watcher.ts'

/** Tiers whose cases take so long that each has a line. */
const slowTiers: ReadonlySet<Tier> = new Set(['guest', 'nested'])

/** A run as lines that stay: for a log, a pipe, a machine that nobody watches. */
export function plainLines(write: (text: string) => void, styles: Styles): Watcher {
  let progress: RunProgress = nothingYet
  return {
    take(event) {
      progress = advance(progress, event, 0)
      if (event.kind === 'note') write(`${printable(event.line)}\n`)
      if (event.kind === 'planned') write(planned(progress))
      if (event.kind === 'finished') write(finished(event.case, progress, styles))
    },
    end() {},
  }
}

function planned({ total, cells }: RunProgress): string {
  const rows = [...cells].map(([guest, row]) => {
    const words = [...row].map(([tier, cell]) => `${tier} ${cell.total}`).join(', ')
    return `  ${printable(guest)}: ${words}\n`
  })
  return `${total} cases\n${rows.join('')}`
}

function finished(one: CaseResult, { cells }: RunProgress, styles: Styles): string {
  const { id, guest, tier, outcome, durationMs, reason } = one
  const cell = cells.get(guest)?.get(tier)
  const slow = slowTiers.has(tier) && outcome !== 'failed'
  const took = formatDuration(durationMs)
  return [
    outcome === 'failed' ? `${styles.bad('failed')} ${failureLine(one)}\n` : '',
    slow && outcome === 'passed' ? `${styles.good('passed')} ${printable(id)} (${took})\n` : '',
    slow && outcome === 'not-run' ? `not run ${printable(id)}: ${printable(reason ?? '')}\n` : '',
    cell !== undefined && isDone(cell) ? `${printable(guest)} ${tier}: ${words(cell)}\n` : '',
  ].join('')
}

function isDone({ total, passed, failed, notRun }: Cell): boolean {
  return passed + failed + notRun === total
}

function words({ passed, failed, notRun }: Cell): string {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ')
}
