import { firstLine } from '../first-line.ts'
import type { CaseResult, ConformanceRun } from '../results.ts'
import { collectParts } from './collect-parts.ts'
import { packChunks, packText } from './pack-chunks.ts'
import type { PageCase, PageIndex, PartNumbers } from './page-index.ts'

export interface PageData {
  /** A {@link PageIndex}, packed. */
  readonly index: string
  readonly chunks: readonly string[]
}

/** Runs as the data that the page's script reads. */
export function pageData(runs: readonly ConformanceRun[]): PageData {
  const { parts, numbers } = collectParts(runs)
  const { chunks, starts } = packChunks(parts)
  const index: PageIndex = {
    runs: runs.map(({ label, cases }) => ({
      label,
      cases: cases.map((one) => pageCase(one, numbers.get(one) ?? {})),
    })),
    chunkStarts: starts,
  }
  return { index: packText(JSON.stringify(index)), chunks }
}

const pageCase = (one: CaseResult, parts: PartNumbers): PageCase => {
  const { id, guest, machine, tier, scenario, title, face, outcome, reason, failure } = one
  return {
    id,
    guest,
    machine,
    tier,
    scenario,
    title,
    face,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(failure === undefined ? {} : { message: firstLine(failure.message) }),
    durationMs: Math.round(one.durationMs),
    parts,
  }
}
