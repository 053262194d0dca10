/**
 * Ratios, measured side by side in one run: absolute times say more about the machine than about
 * polyvirt. Usage: scripts/dev pnpm bench [--runs N] [--json FILE]
 *
 * Nothing here is a test: no figure fails a build.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureList } from './list.ts'
import { measurePlan } from './plan.ts'
import { measureStart } from './start.ts'
import { renderRows } from './stats.ts'
import type { Row } from './stats.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, json: { type: 'string' } },
})
const runs = Math.max(1, Number(values.runs))

const rows: Row[] = []
for (const measure of [measurePlan, measureList, measureStart]) {
  for await (const row of measure(runs)) {
    rows.push(row)
    console.log(renderRows([row]))
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
