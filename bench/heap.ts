import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { Row } from './stats.ts'

const run = promisify(execFile)
const planner = fileURLToPath(new URL('heap-of-plans.ts', import.meta.url))

/** What heap-of-plans.ts prints. */
export interface HeapReport {
  /** MiB in use after a collection, by the number of plans made until then. */
  readonly heapMiB: Readonly<Record<'1000' | '10000', number>>
}

/** Does planning keep anything? The heap after 1,000 plans and after 10,000, in a process of its own. */
export async function* measureHeap(folder: string): AsyncIterable<Row> {
  const flags = ['--expose-gc', '--conditions=@polyvirt/source']
  const { stdout } = await run(process.execPath, [...flags, planner, folder])
  const { heapMiB } = JSON.parse(stdout) as HeapReport
  const [early, late] = [heapMiB['1000'], heapMiB['10000']]
  const growth = (late - early).toFixed(2)
  yield {
    what: 'heap after 10,000 plans',
    ms: Number.NaN,
    minMs: Number.NaN,
    maxMs: Number.NaN,
    runs: 1,
    text: `${late.toFixed(1)} MiB; after 1,000 ${early.toFixed(1)} MiB; growth ${growth} MiB`,
  }
}
