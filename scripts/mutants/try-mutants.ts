import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Tried, WorkerOrder } from './worker.ts'

export interface TryRequest {
  readonly cases: string
  readonly seed: number
  readonly count: number
}

/** A plan that takes longer never ends. */
const hangMs = 20_000

/** Plans all mutants, on a few threads, and tells of each; the order is not that of the numbers. */
export async function tryMutants(request: TryRequest, told: (tried: Tried) => void): Promise<void> {
  const step = Math.min(4, availableParallelism())
  const threads = Array.from({ length: step }, (_, from) =>
    oneThread({ ...request, step, from }, told),
  )
  await Promise.all(threads)
}

/** A thread that hangs is ended, and another goes on behind the mutant that it hung on. */
async function oneThread(
  order: Omit<WorkerOrder, 'progress'>,
  told: (tried: Tried) => void,
): Promise<void> {
  let from: number | undefined = order.from
  while (from !== undefined) {
    const hung: number | undefined = await untilEnd({ ...order, from }, told)
    if (hung !== undefined) {
      const detail = `planning did not end within ${hangMs} ms`
      told({ index: hung, outcome: { kind: 'broken', why: 'hangs', detail } })
    }
    from = hung === undefined ? undefined : hung + order.step
  }
}

/** Resolves with the mutant that the thread hung on, or with nothing where it got to the end. */
function untilEnd(
  order: Omit<WorkerOrder, 'progress'>,
  told: (tried: Tried) => void,
): Promise<number | undefined> {
  const progress = new SharedArrayBuffer(4)
  Atomics.store(new Int32Array(progress), 0, order.from)
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...order, progress } satisfies WorkerOrder,
  })
  return new Promise((resolve, reject) => {
    const hung = (): void => {
      const at = Atomics.load(new Int32Array(progress), 0)
      void worker.terminate().then(() => resolve(at), reject)
    }
    let timer = setTimeout(hung, hangMs)
    worker.on('message', (tried: Tried) => {
      clearTimeout(timer)
      timer = setTimeout(hung, hangMs)
      told(tried)
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve(undefined)
    })
  })
}
