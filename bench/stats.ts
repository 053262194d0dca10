/** One figure: what took how long, and against what. Times in milliseconds, medians of `runs`. */
export interface Row {
  readonly what: string
  readonly ms: number
  readonly minMs: number
  readonly maxMs: number
  readonly runs: number
  /** The thing to compare with, measured in turn with it. */
  readonly against?: { readonly what: string; readonly ms: number; readonly ratio: number }
  /** Why a figure is missing. */
  readonly note?: string
  /** A figure that is no time: what it is, in words. */
  readonly text?: string
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Milliseconds that a step takes. */
export async function timed(step: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now()
  await step()
  return performance.now() - start
}

/** Runs A and B in turn, so that a drifting machine drifts under both; the ratio is pair by pair. */
export async function inTurn(
  runs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ readonly a: number[]; readonly b: number[]; readonly ratio: number }> {
  await a()
  await b()
  const first: number[] = []
  const second: number[] = []
  for (let i = 0; i < runs; i++) {
    first.push(await a())
    second.push(await b())
  }
  return {
    a: first,
    b: second,
    ratio: median(first.map((ms, i) => ms / (second[i] ?? Number.NaN))),
  }
}

export function row(what: string, values: readonly number[]): Row {
  return {
    what,
    ms: median(values),
    minMs: Math.min(...values),
    maxMs: Math.max(...values),
    runs: values.length,
  }
}

export function renderRows(rows: readonly Row[]): string {
  return rows
    .map(({ what, ms, minMs, maxMs, against, note, text }) => {
      if (text !== undefined) return `${what}: ${text}`
      if (note !== undefined) return `${what}: not measured: ${note}`
      const range = `${ms.toFixed(2)} ms (${minMs.toFixed(2)} to ${maxMs.toFixed(2)})`
      const compared =
        against === undefined
          ? ''
          : `; ${against.what} ${against.ms.toFixed(2)} ms; ratio ${against.ratio.toFixed(2)}`
      return `${what}: ${range}${compared}`
    })
    .join('\n')
}
