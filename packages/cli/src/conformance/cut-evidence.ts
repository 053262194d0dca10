import type { CaseResult, ConformanceRun, Evidence } from '@polyvirt/conformance-report'

/** A hostile document is megabytes, the same for each machine; its scenario makes it again. */
const maxLength = 64 * 1024

/** A run whose documents are short enough to be kept, with a word about what was cut off. */
export function cutEvidence(run: ConformanceRun): ConformanceRun {
  return { ...run, cases: run.cases.map(cutCase) }
}

function cutCase(one: CaseResult): CaseResult {
  const { evidence } = one
  if (evidence === undefined) return one
  const { xml, stored } = evidence
  if (!isLong(xml) && !isLong(stored)) return one
  const cut: Evidence = {
    ...evidence,
    ...(xml !== undefined && { xml: cutText(xml) }),
    ...(stored !== undefined && { stored: cutText(stored) }),
  }
  return { ...one, evidence: cut }
}

function isLong(text: string | undefined): boolean {
  return text !== undefined && text.length > maxLength
}

function cutText(text: string): string {
  if (!isLong(text)) return text
  return `${text.slice(0, maxLength)}\n… cut off here: the whole text has ${text.length} characters`
}
