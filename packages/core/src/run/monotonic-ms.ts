/**
 * Milliseconds of a clock that nobody sets, as `performance.now()` counts them from elsewhere. For what every
 * command asks: node:perf_hooks, which is behind that word, takes a millisecond to load.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
