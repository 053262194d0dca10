/**
 * What a comparer says in `--json`: one entry in `results` for each case. Only these members are
 * read; it may tell more.
 */
export interface Comparison {
  /** `<arch>/<name>`. */
  readonly key: string
  /** What the peer did: `accepted`, or the stage at which it refused (`define`, `argv`). */
  readonly stage: string
  /** The same of polyvirt. */
  readonly candidateStage: string
  /** Equal, different, or null where there is nothing to compare. */
  readonly verdict: boolean | null
  readonly xml: boolean | null
  readonly argv: boolean | null
  /** The peer refused for the sake of its host: counted apart. */
  readonly hostBound: boolean
  readonly xmlDifferences: readonly Difference[]
  readonly argvDifferences: readonly Difference[]
}

export interface Difference {
  readonly path: string
  readonly libvirt?: string
  readonly candidate?: string
}

export const kinds = ['verdict', 'xml', 'argv'] as const
export type Kind = (typeof kinds)[number]

/** One difference as a line: what is shown to people and matched by rules. */
export function differenceLine({ path, libvirt, candidate }: Difference): string {
  return `${path}: libvirt ${shown(libvirt)}, polyvirt ${shown(candidate)}`
}

function shown(value: string | undefined): string {
  return value === undefined ? '(none)' : JSON.stringify(value)
}

/** @throws Error where the text is not what a comparer says. */
export function readComparisons(json: string): readonly Comparison[] {
  const { results } = JSON.parse(json) as { results?: unknown }
  if (!Array.isArray(results)) throw new Error('its JSON has no list "results"')
  for (const result of results as unknown[]) {
    const problem = problemOf(result)
    if (problem !== undefined) throw new Error(`a result of its JSON ${problem}`)
  }
  return results as Comparison[]
}

function problemOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return 'is not an object'
  const values = new Map<string, unknown>(Object.entries(result))
  for (const name of ['key', 'stage', 'candidateStage']) {
    if (typeof values.get(name) !== 'string') return `has no text "${name}"`
  }
  for (const name of kinds) {
    if (![true, false, null].includes(values.get(name) as boolean | null)) {
      return `has no "${name}" that is true, false or null`
    }
  }
  for (const name of ['xmlDifferences', 'argvDifferences']) {
    if (!Array.isArray(values.get(name))) return `has no list "${name}"`
  }
  return undefined
}
