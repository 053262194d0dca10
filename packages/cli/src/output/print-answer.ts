import type { Answer } from '../command.ts'
import type { Settings } from '../parse/settings.ts'
import type { Output } from './output.ts'
import { safeJson } from './safe-json.ts'

/** Prints what a command answered: text, with virsh's blank line after it, or JSON. */
export function printAnswer(answer: Answer, settings: Settings, output: Output): void {
  if (settings.json) {
    // People get it spread out; programs one document a line.
    if (answer.json !== undefined) {
      output.write(`${safeJson(answer.json, output.isTerminal ? 2 : undefined)}\n`)
    }
    return
  }
  if (answer.text !== undefined) output.write(answer.text)
  if (answer.remark !== undefined && !settings.quiet) output.write(answer.remark)
}

/** What virsh prints after each command, done or failed: a blank line, or the time it took. */
export function printTrailer(settings: Settings, output: Output, elapsedMs: number): void {
  if (settings.json) return
  if (settings.timing) output.write(`\n(Time: ${elapsedMs.toFixed(3)} ms)\n\n`)
  else if (!settings.quiet) output.write('\n')
}
