/**
 * Ratios, measured side by side in one run: absolute times say more about the machine than about
 * polyvirt. Usage: scripts/dev pnpm bench [--only NAME,…] [--runs N] [--guests N] [--json FILE] [--cases DIR]
 *
 * Names: plan, list, capabilities, start, verbs, at-once, resident, cases. With a folder of documents,
 * DIR/<arch>/<name>/input.xml, planning is measured on those too (`cases`); POLYVIRT_BENCH_CASES names
 * one as well. `resident` runs 200 guests, twice, for some minutes: 10 GB of memory.
 *
 * Nothing here is a test: no figure fails a build.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { measureCapabilities } from './capabilities.ts'
import { measureCases } from './cases.ts'
import { measureList } from './list.ts'
import { readOptions } from '../scripts/lib/read-options.ts'
import { measureAtOnce, measureResident } from './many-guests.ts'
import { measurePlan } from './plan.ts'
import { measureStart } from './start.ts'
import { renderRows } from './stats.ts'
import type { Row } from './stats.ts'
import { measureVerbs } from './verbs.ts'

const usage = 'pnpm bench [--only NAME,…] [--runs N] [--guests N] [--json FILE] [--cases DIR]'
const values = readOptions(usage, {
  only: { type: 'string' },
  runs: { type: 'string', default: '7' },
  guests: { type: 'string', default: '200' },
  json: { type: 'string' },
  cases: { type: 'string' },
})
const runs = Math.max(1, Number(values.runs))
const cases = values.cases ?? process.env['POLYVIRT_BENCH_CASES']

const measures: Readonly<Record<string, (runs: number) => AsyncIterable<Row>>> = {
  plan: measurePlan,
  list: measureList,
  capabilities: measureCapabilities,
  start: measureStart,
  verbs: measureVerbs,
  'at-once': measureAtOnce,
  resident: () => measureResident(Number(values.guests)),
  ...(cases !== undefined && { cases: (times) => measureCases(resolve(cases), times) }),
}
const chosen = values.only?.split(',') ?? Object.keys(measures)
const rows: Row[] = []
for (const name of chosen) {
  const measure = measures[name]
  if (measure === undefined)
    throw new RangeError(`no measure '${name}'; there are ${Object.keys(measures).join(', ')}`)
  for await (const row of measure(runs)) {
    rows.push(row)
    console.log(renderRows([row]))
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
