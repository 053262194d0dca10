import type { ConformanceRun } from '../results.ts'
import { RunFormatError } from './run-format-error.ts'
import { runShape } from './run-shape.ts'

/**
 * Reads what `jsonReport` has written. Members of a later version are kept.
 *
 * @throws RunFormatError where it is not such a text, with the place
 */
export function readRun(text: string): ConformanceRun {
  const value = parse(text)
  checkFormat(value)
  runShape(value, '')
  const run = value as ConformanceRun
  checkShard(run)
  checkIds(run)
  return run
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new RunFormatError(
      '',
      `not JSON: ${error instanceof Error ? error.message : 'unreadable'}`,
    )
  }
}

/** Said before anything else: another format has other members. */
function checkFormat(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('format' in value)) return
  const { format } = value
  if (typeof format !== 'number' || format <= 1) return
  throw new RunFormatError('format', `found ${format}; this version reads format 1`)
}

function checkShard({ shard }: ConformanceRun): void {
  if (shard !== undefined && shard.index > shard.of) {
    throw new RunFormatError('shard.index', `found ${shard.index}, of ${shard.of} shards`)
  }
}

function checkIds({ cases }: ConformanceRun): void {
  const places = new Map<string, number>()
  for (const [at, { id }] of cases.entries()) {
    const known = places.get(id)
    if (known !== undefined) {
      throw new RunFormatError(
        `cases[${at}].id`,
        `${JSON.stringify(id)} is also that of cases[${known}]`,
      )
    }
    places.set(id, at)
  }
}
