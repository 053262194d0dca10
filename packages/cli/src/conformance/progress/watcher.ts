import type { ConformanceEvent } from '@polyvirt/conformance/run'

/** Shows a run while it lasts. */
export interface Watcher {
  take(event: ConformanceEvent): void
  /** Nothing comes any more. */
  end(): void
}
