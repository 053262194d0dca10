import type { ConformanceRun } from '@polyvirt/conformance-report'

/** Exit code where nothing could be tried, so that nothing was shown either way. */
export const nothingRun = 3

/**
 * What the command ends with: 0 everything that was tried passed, 1 something failed, 3 nothing could
 * be tried, 130 interrupted. A command line that says nothing runnable ends with 2.
 */
export function exitCodeOf({ cases, interrupted }: ConformanceRun): number {
  if (interrupted === true) return 130
  if (cases.some(({ outcome }) => outcome === 'failed')) return 1
  return cases.some(({ outcome }) => outcome === 'passed') ? 0 : nothingRun
}
