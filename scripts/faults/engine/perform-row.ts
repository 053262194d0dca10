import { join } from 'node:path'
import { Random } from '../../mutants/random.ts'
import { Lab } from './lab.ts'
import type { Row } from './row.ts'

export interface PerformOptions {
  /** Where workers have their folders. */
  readonly folder: string
  readonly seed: number
  /** Share of the points that are tried, at least one of them; 1 for all. */
  readonly scale: number
  /** Points by their names, instead of a share. */
  readonly points?: readonly string[]
  readonly workers: number
  /** The command under test, where it is not the one from the sources. */
  readonly program?: readonly string[]
  readonly signal: AbortSignal
  readonly onFailure?: (failure: RowFailure) => void
}

export interface RowFailure {
  readonly row: string
  readonly point: string
  readonly problems: readonly string[]
}

export interface RowResult {
  readonly name: string
  /** Trials of the full plan. */
  readonly planned: number
  readonly done: number
  /** Trials whose fault was never reached. */
  readonly untouched: number
  readonly failures: readonly RowFailure[]
  readonly seconds: number
}

/** Carries out one row, by several workers with a folder each. */
export async function performRow(row: Row, options: PerformOptions): Promise<RowResult> {
  const begun = performance.now()
  const failures: RowFailure[] = []
  const fail = (point: string, problems: readonly string[]): void => {
    const failure = { row: row.name, point, problems }
    failures.push(failure)
    options.onFailure?.(failure)
  }
  let queue: string[] | undefined
  let planned = 0
  let done = 0
  let untouched = 0
  const work = async (number: number): Promise<void> => {
    const lab = new Lab(join(options.folder, `${number}`), options.seed, options.program)
    try {
      await using bench = await row.open(lab)
      queue ??= choose(bench.points, options)
      planned = Math.max(planned, bench.points.length)
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        options.signal.throwIfAborted()
        done++
        const verdict = await bench.trial(point).catch((error: unknown) => ({
          kind: 'failed' as const,
          problems: [`the trial broke: ${String(error)}`],
        }))
        if (options.signal.aborted) return
        if (verdict.kind === 'untouched') untouched++
        if (verdict.kind === 'failed') fail(point, verdict.problems)
      }
    } catch (error) {
      if (!options.signal.aborted) fail('open', [String(error)])
    } finally {
      await lab.clear().catch((error: unknown) => fail('end', [String(error)]))
    }
  }
  const one = options.points !== undefined
  await Promise.all(Array.from({ length: one ? 1 : options.workers }, (_, i) => work(i)))
  const seconds = (performance.now() - begun) / 1000
  return { name: row.name, planned, done, untouched, failures, seconds }
}

/** A share of the points, by the seed, in their order. */
function choose(
  points: readonly string[],
  { scale, seed, points: named }: PerformOptions,
): string[] {
  if (named !== undefined) return [...named]
  const count = Math.min(points.length, Math.max(1, Math.round(points.length * scale)))
  if (count === points.length) return [...points]
  const random = new Random(seed)
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(random.below(points.length))
  return points.filter((_, i) => chosen.has(i))
}
