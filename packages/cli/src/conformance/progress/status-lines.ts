import { formatDuration } from './format-duration.ts'
import { plainLine } from './render-table.ts'
import type { RunProgress } from './run-progress.ts'

/** Cases that run at once are few, but for a machine with many cores. */
const maxRunning = 4

/** Below the table: what runs now and for how long, how far all is, and what time is left. */
export function statusLines(
  progress: RunProgress,
  { columns, nowMs }: { readonly columns: number; readonly nowMs: number },
): readonly string[] {
  const { running, note, total } = progress
  // What has run longest is what one waits for.
  const oldest = [...running.values()].toSorted((a, b) => a.sinceMs - b.sinceMs)
  const lines = oldest.slice(0, maxRunning).map(({ head, sinceMs, line }) => {
    const { guest, machine, tier, scenario } = head
    const words = line === undefined ? '' : `: ${line}`
    return ` ${guest}/${machine} ${tier} ${scenario}, ${formatDuration(nowMs - sinceMs)}${words}`
  })
  const rest = oldest.length - lines.length
  const last =
    total === 0 ? ` ${note ?? 'looking what there is to try'}` : ` ${overall(progress, nowMs)}`
  return [...lines, ...(rest > 0 ? [` and ${rest} more`] : []), last].map((line) =>
    plainLine(line, columns),
  )
}

function overall({ done, total, counts, remaining, note }: RunProgress, nowMs: number): string {
  const failed = counts.failed === 0 ? '' : `, ${counts.failed} failed`
  const left =
    remaining === undefined || done === total
      ? ''
      : `, about ${formatDuration(Math.max(0, remaining.ms - (nowMs - remaining.atMs)))} left`
  return `${done} of ${total}${failed}${left}${note === undefined ? '' : `; ${note}`}`
}
