import type { Context } from '../command.ts'
import type { JobProgress, LongWorkOptions } from '../core.ts'
import { prettySize } from './pretty-size.ts'
import { formatSeconds, progressMeter } from './progress-meter.ts'
import type { Reading } from './progress-meter.ts'
import { safeJson } from './safe-json.ts'

/** What long work is given, and who looks after its line on the terminal. */
export interface LongWork {
  readonly options: LongWorkOptions
  /** Takes the line away when the work has ended; where it was asked for, with all of it done. */
  during<T>(work: Promise<T>): Promise<T>
}

/**
 * How far work is. On a terminal a line that is written over: `Save: [ 42 %] 95.40 MiB/s, 0:12 left`;
 * elsewhere, where it was asked for (`--verbose`), virsh's `Save: [ 42 %]`. With `--json` a document a
 * line on standard error, as warnings are, not more than one a second; `-q` does without.
 */
export function longWork(context: Context, label: string, verbose: boolean): LongWork {
  const { output, settings, signal } = context
  const common = { signal, onWarning: (warning: string) => context.warn(warning) }
  if (settings.json) {
    if (settings.quiet) return { options: common, during: (work) => work }
    return { options: { ...common, onProgress: documents(context, label) }, during: (work) => work }
  }
  const shown = verbose || (output.isErrorTerminal && !settings.quiet)
  if (!shown) return { options: common, during: (work) => work }
  const read = progressMeter()
  const isLine = output.isErrorTerminal
  let last = ''
  const write = (percent: number, more: string): void => {
    const text = `\r${label}: [${String(percent).padStart(3)} %]${more}`
    if (text === last) return
    // What was longer before must not stay behind what is shorter now.
    output.writeError(isLine ? `${text}\x1b[K` : text)
    last = text
  }
  return {
    options: {
      ...common,
      onProgress: (progress) => {
        const reading = read(progress)
        write(reading.percent, isLine ? detail(reading) : '')
      },
    },
    async during(work) {
      try {
        const done = await work
        // What was quick has been seen at its beginning only.
        if (verbose && !isLine) write(100, '')
        return done
      } finally {
        if (last !== '') output.writeError(isLine ? '\r\x1b[2K' : '\n')
      }
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
