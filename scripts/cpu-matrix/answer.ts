import type { CaseKind } from './cases/matrix-case.ts'
import type { CpuFacts } from './cpu-facts.ts'

/** What is compared, each on its own. */
export const parts = [
  'domain verdict',
  'domain error',
  'dumpxml',
  '-cpu',
  '-machine',
  'cpu-compare',
  'hypervisor-cpu-compare',
  'cpu-baseline',
  'hypervisor-cpu-baseline',
  'cpu-models',
  'domcapabilities modes',
  'domcapabilities host-model',
  'domcapabilities models',
] as const
export type Part = (typeof parts)[number]

/** The parts that an answer to each kind of case may have. */
export const partsOf: Readonly<Record<CaseKind, readonly Part[]>> = {
  domain: ['domain verdict', 'domain error', 'dumpxml', '-cpu', '-machine'],
  'cpu-compare': ['cpu-compare'],
  'hypervisor-cpu-compare': ['hypervisor-cpu-compare'],
  'cpu-baseline': ['cpu-baseline'],
  'hypervisor-cpu-baseline': ['hypervisor-cpu-baseline'],
  'cpu-models': ['cpu-models'],
  domcapabilities: [
    'domcapabilities modes',
    'domcapabilities host-model',
    'domcapabilities models',
  ],
}

export type Verdict = 'accepted' | 'refused at define' | 'refused at start'

/** A fact of an answer: a word, a CPU, or a list; null where there could be one and is none. */
export type Fact = string | readonly string[] | CpuFacts | null

/** What one program makes of one case; a part that does not come up is missing. */
export interface Answer {
  readonly parts: Readonly<Partial<Record<Part, Fact>>>
  /** The program's own words about a refusal. Shown and matched by rules, never compared. */
  readonly message?: string
}

/** The stage as conditions of deviations call it. */
export function stageOf({ parts: { 'domain verdict': verdict } }: Answer): string {
  if (verdict === 'refused at define') return 'define'
  return verdict === 'refused at start' ? 'argv' : 'accepted'
}
