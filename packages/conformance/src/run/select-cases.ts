import type { ConformanceCase } from './conformance-case.ts'
import type { CaseSelection } from './run-options.ts'
import { inShard } from './shard.ts'

/** The cases that are wanted. @throws RangeError where the shard is none. */
export function selectCases(
  cases: readonly ConformanceCase[],
  { tiers, guests, scenarios, only, shard }: CaseSelection,
): readonly ConformanceCase[] {
  if (shard !== undefined && !isShard(shard)) {
    throw new RangeError(`shard ${shard.index}/${shard.of} is none: parts are counted from 1`)
  }
  const ids = only === undefined ? undefined : new Set(only)
  const patterns = scenarios?.map(scenarioPattern)
  return cases.filter(
    ({ id, guest, tier, scenario }) =>
      (tiers === undefined || tiers.includes(tier)) &&
      (guests === undefined || guests.includes(guest)) &&
      (ids === undefined || ids.has(id)) &&
      (patterns === undefined || patterns.some((pattern) => pattern.test(scenario))) &&
      (shard === undefined || inShard(id, shard)),
  )
}

const isShard = ({ index, of }: { readonly index: number; readonly of: number }): boolean =>
  Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of

/** `disk/cdrom`, a chapter (`disk`), or either with `*` for anything. */
export function scenarioPattern(text: string): RegExp {
  const literal = text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${literal}(/.*)?$`)
}
