import type { Context } from '../../command.ts'
import { liveTable } from './live-table.ts'
import { plainLines } from './plain-lines.ts'
import type { Watcher } from './watcher.ts'

/** Watches a run as this call's output wants it: nobody, a terminal, or a log. */
export function watchRun({ output, settings, environment }: Context): Watcher {
  if (settings.json || settings.quiet) return { take() {}, end() {} }
  const write = (text: string): void => output.write(text)
  const { styles } = output
  // CI services run commands on a terminal of theirs, whose log keeps every frame.
  const isLog = (environment['CI'] ?? '') !== '' || environment['TERM'] === 'dumb'
  if (!output.isTerminal || isLog) return plainLines(write, styles)
  return liveTable({
    write,
    styles,
    size: () => ({ columns: output.columns ?? 80, rows: output.rows ?? 24 }),
    nowMs: () => performance.now(),
    every(ms, work) {
      const timer = setInterval(work, ms)
      return () => clearInterval(timer)
    },
  })
}
