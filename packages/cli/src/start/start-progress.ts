import { printable } from '../core.ts'
import type { Context } from '../command.ts'

/** A line on the terminal that tells how far a start has come, and goes when it is done. */
export interface StartProgress {
  readonly onPhase: (phase: string) => void
  clear(): void
}

/** Shown only to people: on a terminal, without `--quiet` and `--json`. */
export function startProgress(context: Context, name: string): StartProgress | undefined {
  const { output, settings } = context
  if (!output.isErrorTerminal || settings.quiet || settings.json) return undefined
  const erase = '\r\x1b[2K'
  return {
    onPhase: (phase) =>
      output.writeError(`${erase}Starting '${printable(name)}': ${printable(phase)} …`),
    clear: () => output.writeError(erase),
  }
}
