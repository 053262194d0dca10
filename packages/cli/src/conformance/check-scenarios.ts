import type { ListedScenario } from '@polyvirt/conformance/run'
import { UsageError } from '../command-error.ts'
import { nearest } from '../core.ts'

/**
 * Refuses patterns that fit no scenario, before anything is run.
 *
 * @param patterns ids (`disk/cdrom`), chapters (`disk`), or either with `*` for anything
 * @throws UsageError with the nearest id or chapter.
 */
export function checkScenarios(
  patterns: readonly string[],
  scenarios: readonly Pick<ListedScenario, 'id' | 'chapter'>[],
): void {
  const known = [...new Set(scenarios.flatMap(({ id, chapter }) => [chapter, id]))]
  for (const pattern of patterns) {
    const fits = patternOf(pattern)
    if (known.some((name) => fits.test(name))) continue
    const near = nearest(pattern.replaceAll('*', ''), known)
    throw new UsageError(
      `no scenario fits '${pattern}'`,
      near === undefined ? 'polyvirt conformance list names them all' : `did you mean '${near}'?`,
    )
  }
}

function patternOf(text: string): RegExp {
  const literal = text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${literal}(?:/.*)?$`)
}
