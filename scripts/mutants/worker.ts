import { parentPort, workerData } from 'node:worker_threads'
import { recordedPlanner } from '../lib/recorded-planner.ts'
import { findCases } from '../peer/find-cases.ts'
import { checkPlan } from './check-plan.ts'
import type { Outcome } from './check-plan.ts'
import { Corpus } from './corpus.ts'

/** What a worker is told. */
export interface WorkerOrder {
  readonly cases: string
  readonly seed: number
  readonly from: number
  readonly count: number
  /** It takes every so many mutants. */
  readonly step: number
  /** Where it writes the number of the mutant at hand: a planner that hangs cannot say so. */
  readonly progress: SharedArrayBuffer
}

/** One mutant that was tried. */
export interface Tried {
  readonly index: number
  readonly outcome: Outcome
}

const order = workerData as WorkerOrder
const corpus = new Corpus(findCases(order.cases).cases, order.seed)
const plan = recordedPlanner()
const progress = new Int32Array(order.progress)
for (let index = order.from; index < order.count; index += order.step) {
  Atomics.store(progress, 0, index)
  const outcome = await checkPlan(plan, corpus.mutant(index))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ index, outcome } satisfies Tried)
}
