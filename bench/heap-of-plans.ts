/**
 * Plans the documents of a folder round and round and prints how much heap is in use on the way:
 *
 *   node --expose-gc --conditions=@polyvirt/source bench/heap-of-plans.ts DIR
 */
import { recordedPlanner } from '../scripts/lib/recorded-planner.ts'
import { findCases } from '../scripts/peer/find-cases.ts'
import type { HeapReport } from './heap.ts'

const [folder = ''] = process.argv.slice(2)
const collect = globalThis.gc
if (collect === undefined) throw new Error('run it with --expose-gc')
const { cases } = findCases(folder)
const plan = recordedPlanner()

function heapMiB(): number {
  collect?.()
  return process.memoryUsage().heapUsed / 1_048_576
}

const found = { '1000': Number.NaN, '10000': Number.NaN }
let planned = 0
for (let i = 0; planned < 10_000; i++) {
  const one = cases[i % cases.length]
  if (one === undefined) break
  try {
    await plan(one.xml, one.guestName)
    planned++
    if (planned === 1000) found['1000'] = heapMiB()
    if (planned === 10_000) found['10000'] = heapMiB()
  } catch {
    // A refusal is no plan; but if nothing is accepted, there is nothing to measure.
    if (i >= cases.length && planned === 0) throw new Error(`no document of ${folder} is accepted`)
  }
}
console.log(JSON.stringify({ heapMiB: found } satisfies HeapReport))
