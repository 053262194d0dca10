import type { Context } from '../command.ts'
import type { JobProgress, LongWorkOptions } from '../core.ts'
import { prettySize } from './pretty-size.ts'
import { formatSeconds, progressMeter } from './progress-meter.ts'
import type { Reading } from './progress-meter.ts'
import { safeJson } from './safe-json.ts'

/** What long work is given, and how its line on the terminal goes again. */
export interface LongWork {
  readonly options: LongWorkOptions
  clear(): void
}

/**
 * How far work is. On a terminal a line that is written over: `Save: [ 42 %] 95.40 MiB/s, 0:12 left`;
 * elsewhere, where it was asked for (`--verbose`), virsh's `Save: [ 42 %]`. With `--json` a document a
 * line on standard error, as warnings are, not more than one a second; `-q` does without.
 */
export function longWork(context: Context, label: string, verbose: boolean): LongWork {
  const { output, settings, signal } = context
  if (settings.json) {
    if (settings.quiet) return { options: { signal }, clear: () => undefined }
    return { options: { signal, onProgress: documents(context, label) }, clear: () => undefined }
  }
  const shown = verbose || (output.isErrorTerminal && !settings.quiet)
  if (!shown) return { options: { signal }, clear: () => undefined }
  const read = progressMeter()
  let last = ''
  return {
    options: {
      signal,
      onProgress: (progress) => {
        const reading = read(progress)
        const more = output.isErrorTerminal ? detail(reading) : ''
        const text = `\r${label}: [${String(reading.percent).padStart(3)} %]${more}`
        if (text === last) return
        // What was longer before must not stay behind what is shorter now.
        output.writeError(output.isErrorTerminal ? `${text}\x1b[K` : text)
        last = text
      },
    },
    clear: () => {
      if (last === '') return
      output.writeError(verbose && !output.isErrorTerminal ? '\n' : '\r\x1b[2K')
    },
  }
}

function detail({ rateBytes, secondsLeft }: Reading): string {
  if (rateBytes === undefined) return ''
  const left = secondsLeft === undefined ? '' : `, ${formatSeconds(secondsLeft)} left`
  return ` ${prettySize(rateBytes)}/s${left}`
}

/** The first look, the last one, and one a second between them. */
function documents(
  { output }: Pick<Context, 'output'>,
  label: string,
): (progress: JobProgress) => void {
  const read = progressMeter()
  let writtenAtMs: number | undefined
  let ended = false
  return (progress) => {
    const reading = read(progress)
    const isEnd = progress.remainingBytes === 0 && progress.totalBytes > 0
    const isSoon = writtenAtMs !== undefined && progress.elapsedMs - writtenAtMs < 1000
    if (ended || (isSoon && !isEnd)) return
    writtenAtMs = progress.elapsedMs
    ended = isEnd
    output.writeError(`${safeJson({ progress: { label, ...progress, ...reading } })}\n`)
  }
}
