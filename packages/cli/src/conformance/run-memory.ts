import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConformanceRun } from '@polyvirt/conformance-report'
import { writeWhole } from './write-whole.ts'

/** What later runs are told of earlier ones. */
export interface RunMemory {
  /** Ids of the cases that failed when they were last tried. */
  readonly failed: readonly string[]
  /** How long each case took when it was last tried, by id. */
  readonly durationsMs: ReadonlyMap<string, number>
}

const fileName = 'memory.json'

/** What is remembered in a folder of results; nothing where there is none, or nothing that can be read. */
export function readMemory(folder: string): RunMemory {
  try {
    const kept = JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as {
      readonly failed?: unknown
      readonly durationsMs?: unknown
    }
    const durations = Object.entries(kept.durationsMs ?? {}).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    )
    const failed = Array.isArray(kept.failed) ? kept.failed : []
    return {
      failed: failed.filter((id): id is string => typeof id === 'string'),
      durationsMs: new Map(durations),
    }
  } catch {
    return { failed: [], durationsMs: new Map() }
  }
}

/** Adds a run: what it tried is known anew, what it did not try stays as it was. */
export function remember(memory: RunMemory, { cases }: ConformanceRun): RunMemory {
  const failed = new Set(memory.failed)
  const durationsMs = new Map(memory.durationsMs)
  for (const { id, outcome, durationMs } of cases) {
    if (outcome === 'not-run') continue
    durationsMs.set(id, durationMs)
    if (outcome === 'failed') failed.add(id)
    else failed.delete(id)
  }
  return { failed: [...failed], durationsMs }
}

export function writeMemory(folder: string, { failed, durationsMs }: RunMemory): void {
  const kept = { format: 1, failed, durationsMs: Object.fromEntries(durationsMs) }
  writeWhole(join(folder, fileName), `${JSON.stringify(kept)}\n`)
}
