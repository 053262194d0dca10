import type { Context } from '../command.ts'
import type { JobProgress, LongWorkOptions } from '../core.ts'

/** What long work is given, and how its line on the terminal goes again. */
export interface LongWork {
  readonly options: LongWorkOptions
  clear(): void
}

/**
 * How far work is, on one line that is written over: `Save: [ 42 %]`. Shown where it was asked for
 * (`--verbose`), and to people on a terminal who did not ask for quiet or JSON.
 */
export function longWork(context: Context, label: string, verbose: boolean): LongWork {
  const { output, settings, signal } = context
  const shown = !settings.json && (verbose || (output.isErrorTerminal && !settings.quiet))
  if (!shown) return { options: { signal }, clear: () => undefined }
  let last = ''
  const show = (percent: number): void => {
    const text = `\r${label}: [${String(percent).padStart(3)} %]`
    if (text !== last) output.writeError(text)
    last = text
  }
  return {
    options: { signal, onProgress: (progress) => show(percentOf(progress)) },
    clear: () => {
      if (last === '') return
      output.writeError(verbose && !output.isErrorTerminal ? '\n' : '\r\x1b[2K')
    },
  }
}

/** Whole per cent: never 100 while anything remains. */
function percentOf({ processedBytes, remainingBytes, totalBytes }: JobProgress): number {
  if (totalBytes <= 0) return remainingBytes > 0 ? 0 : 100
  const percent = Math.floor((100 * processedBytes) / totalBytes)
  return Math.max(0, Math.min(remainingBytes > 0 ? 99 : 100, percent))
}
