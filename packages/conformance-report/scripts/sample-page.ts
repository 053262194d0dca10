/**
 * Writes the reports of two sample runs into a folder, to look at them while working on the page:
 *
 *   scripts/dev node --conditions=@polyvirt/source packages/conformance-report/scripts/sample-page.ts DIR
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { htmlReport, jsonReport, junitReport, markdownReport } from '../src/index.ts'
import { sampleRuns } from './sample-runs.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('wanted: the folder to write to')
mkdirSync(folder, { recursive: true })

const runs = sampleRuns()
const [first, second] = runs
if (first === undefined || second === undefined) throw new Error('there are two sample runs')

const files = {
  'one.html': htmlReport([first]),
  'two.html': htmlReport(runs),
  'junit.xml': junitReport(second),
  'run.json': jsonReport(second),
  'summary.md': markdownReport(runs),
}
for (const [name, text] of Object.entries(files)) {
  writeFileSync(join(folder, name), text)
  process.stdout.write(`${join(folder, name)}: ${Math.round(Buffer.byteLength(text) / 1024)} KiB\n`)
}
