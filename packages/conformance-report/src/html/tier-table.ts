import type { ConformanceRun } from '../results.ts'
import { tally, type Counts } from '../tally.ts'
import { markup, type Markup } from './markup.ts'

/** What each tier of a run came to, with a bar that shows the parts. */
export const tierTable = (run: ConformanceRun): Markup => markup`<table class="tiers">
<thead><tr><th scope="col">tier</th><td></td><th scope="col">passed</th><th scope="col">failed</th><th scope="col">not run</th></tr></thead>
<tbody>${tally(run).byTier.map(
  ({ tier, counts }) => markup`<tr><th scope="row">${tier}</th><td>${bar(counts)}</td>
<td>${counts.passed}</td><td class="${counts.failed > 0 ? 'failed' : 'zero'}">${counts.failed}</td><td class="${
    counts.notRun > 0 ? 'not-run' : 'zero'
  }">${counts.notRun}</td></tr>`,
)}</tbody></table>`

const barLength = 100

/** One failure in thousands must still be seen. */
const leastPart = 6

function bar({ passed, failed, notRun }: Counts): Markup {
  const all = passed + failed + notRun
  const lengthOf = (count: number): number =>
    count === 0 ? 0 : Math.max(leastPart, Math.round((count / all) * barLength))
  const failedLength = lengthOf(failed)
  const notRunLength = lengthOf(notRun)
  const passedLength = barLength - failedLength - notRunLength
  const rect = (name: string, x: number, width: number): Markup =>
    width <= 0 ? markup`` : markup`<rect class="${name}" x="${x}" width="${width}" height="8"/>`
  return markup`<svg class="bar" viewBox="0 0 ${barLength} 8" preserveAspectRatio="none" aria-hidden="true">${[
    rect('failed', 0, failedLength),
    rect('passed', failedLength, passedLength),
    rect('not-run', failedLength + passedLength, notRunLength),
  ]}</svg>`
}
