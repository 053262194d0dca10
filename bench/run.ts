/**
 * Ratios, measured side by side in one run: absolute times say more about the machine than about
 * polyvirt. Usage: scripts/dev pnpm bench [--runs N] [--json FILE] [--cases DIR [--only-cases]]
 *
 * With a folder of documents, DIR/<arch>/<name>/input.xml, planning is measured on those too;
 * POLYVIRT_BENCH_CASES names one as well.
 *
 * Nothing here is a test: no figure fails a build.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { measureCapabilities } from './capabilities.ts'
import { measureCases } from './cases.ts'
import { measureList } from './list.ts'
import { measurePlan } from './plan.ts'
import { measureStart } from './start.ts'
import { renderRows } from './stats.ts'
import type { Row } from './stats.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    json: { type: 'string' },
    cases: { type: 'string' },
    'only-cases': { type: 'boolean', default: false },
  },
})
const runs = Math.max(1, Number(values.runs))

const rows: Row[] = []
const cases = values.cases ?? process.env['POLYVIRT_BENCH_CASES']
const measures = [
  ...(values['only-cases'] ? [] : [measurePlan, measureList, measureCapabilities, measureStart]),
  ...(cases === undefined ? [] : [(runs: number) => measureCases(resolve(cases), runs)]),
]
for (const measure of measures) {
  for await (const row of measure(runs)) {
    rows.push(row)
    console.log(renderRows([row]))
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
