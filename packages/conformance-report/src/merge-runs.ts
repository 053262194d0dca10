import type { CaseResult, ConformanceRun, CoverageResult, EmulatorResult } from './results.ts'
import { tiers } from './results.ts'

/** Shards that do not make one run; the message says which and why. */
export class MergeError extends Error {
  override readonly name = 'MergeError'
}

/**
 * One run out of its shards, in whatever order they come. The duration is that from the first start
 * to the last end, for shards run beside each other.
 *
 * @throws MergeError where shards are missing, overlap, or tried different things
 */
export function mergeRuns(runs: readonly ConformanceRun[]): ConformanceRun {
  const [first] = runs
  if (first === undefined) throw new MergeError('there are no runs to merge')
  if (runs.length === 1 && first.shard === undefined) return first
  checkShards(runs)
  checkAlike(runs, 'subject')
  checkAlike(runs, 'label')
  const starts = runs.map(({ startedAt }) => Date.parse(startedAt))
  const ends = runs.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs)
  const { label, subject } = first
  return {
    format: 1,
    label,
    subject,
    startedAt: new Date(Math.min(...starts)).toISOString(),
    durationMs: Math.max(...ends) - Math.min(...starts),
    host: [...new Set(runs.map(({ host }) => host))].toSorted().join('; '),
    emulators: mergeEmulators(runs),
    cases: mergeCases(runs),
    coverage: mergeCoverage(runs),
    ...(runs.some(({ interrupted }) => interrupted === true) ? { interrupted: true } : {}),
  }
}

function checkShards(runs: readonly ConformanceRun[]): void {
  const of = runs[0]?.shard?.of ?? runs.length
  const seen = new Set<number>()
  for (const { shard, label } of runs) {
    if (shard === undefined) throw new MergeError(`'${label}' is a whole run, not a shard of ${of}`)
    const name = `${shard.index}/${shard.of}`
    if (shard.of !== of) {
      throw new MergeError(`shard ${name} is of another division: the first has ${of} shards`)
    }
    if (seen.has(shard.index)) throw new MergeError(`shard ${name} is given twice`)
    seen.add(shard.index)
  }
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !seen.has(index))
  if (missing.length > 0) {
    throw new MergeError(`not given: ${missing.map((index) => `shard ${index}/${of}`).join(', ')}`)
  }
}

function checkAlike(runs: readonly ConformanceRun[], member: 'subject' | 'label'): void {
  const [first, ...others] = runs
  const other = others.find((one) => one[member] !== first?.[member])
  if (first === undefined || other === undefined) return
  throw new MergeError(
    `shards of different runs: ${shardName(first)} has the ${member} '${first[member]}', ` +
      `${shardName(other)} has '${other[member]}'`,
  )
}

function mergeEmulators(runs: readonly ConformanceRun[]): readonly EmulatorResult[] {
  const found = new Map<string, EmulatorResult>()
  for (const run of runs) {
    for (const emulator of run.emulators) {
      const known = found.get(emulator.guest)
      if (known !== undefined && known.version !== emulator.version) {
        throw new MergeError(
          `${shardName(run)} had another emulator of ${emulator.guest}: ` +
            `${emulator.version ?? 'none'} instead of ${known.version ?? 'none'}`,
        )
      }
      found.set(emulator.guest, known ?? emulator)
    }
  }
  return [...found.values()].toSorted((one, other) => compare(one.guest, other.guest))
}

function mergeCases(runs: readonly ConformanceRun[]): readonly CaseResult[] {
  const owners = new Map<string, ConformanceRun>()
  for (const run of runs) {
    for (const { id } of run.cases) {
      const owner = owners.get(id)
      if (owner !== undefined) {
        throw new MergeError(`${shardName(owner)} and ${shardName(run)} overlap: both have '${id}'`)
      }
      owners.set(id, run)
    }
  }
  return runs
    .flatMap(({ cases }) => cases)
    .toSorted(
      (one, other) =>
        compare(one.guest, other.guest) ||
        compare(one.machine, other.machine) ||
        tiers.indexOf(one.tier) - tiers.indexOf(other.tier) ||
        compare(one.scenario, other.scenario),
    )
}

/** What one shard reached is reached. */
function mergeCoverage(runs: readonly ConformanceRun[]): readonly CoverageResult[] {
  const groups = Map.groupBy(
    runs.flatMap(({ coverage }) => coverage),
    ({ guest, machine }) => JSON.stringify([guest, machine]),
  )
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const unreached = own.map((one) => new Set(one.unreached))
    const offered = [...new Set(own.flatMap((one) => one.offered))]
    return [
      {
        ...first,
        offered,
        unreached: first.unreached.filter((name) => unreached.every((set) => set.has(name))),
      },
    ]
  })
}

const shardName = ({ shard, label }: ConformanceRun): string =>
  shard === undefined ? `'${label}'` : `shard ${shard.index}/${shard.of}`

/** By code unit: the same everywhere, whatever the locale. */
const compare = (one: string, other: string): number => {
  if (one === other) return 0
  return one < other ? -1 : 1
}
