import { caseHash } from '../src/html/case-hash.ts'

/** Which marks are looked for. */
export type Wanted = 'all' | 'failed' | 'not-run' | 'refused' | 'differs'

/** What the page shows: all of it is in its address. */
export interface PageState {
  /** The case that is open. */
  readonly caseId?: string
  /** Number of its run. */
  readonly run?: number
  readonly wanted: Wanted
  readonly text: string
  /** None means all. */
  readonly guests: readonly string[]
  /** None means all. */
  readonly tiers: readonly string[]
}

export const noFilters = {
  wanted: 'all',
  text: '',
  guests: [],
  tiers: [],
} as const satisfies PageState

const wantedWords: readonly string[] = [
  'failed',
  'not-run',
  'refused',
  'differs',
] satisfies Wanted[]

/** Reads `#CASE-ID?run=1&show=failed&q=disk&guest=ppc64le&tier=live`; what is not understood is left out. */
export function parseHash(hash: string): PageState {
  const text = hash.replace(/^#/, '')
  const mark = text.indexOf('?')
  const id = decode(mark === -1 ? text : text.slice(0, mark))
  const query = new URLSearchParams(mark === -1 ? '' : text.slice(mark + 1))
  const run = Number(query.get('run') ?? Number.NaN)
  const wanted = query.get('show') ?? 'all'
  return {
    ...(id === '' ? {} : { caseId: id }),
    ...(Number.isSafeInteger(run) && run >= 0 ? { run } : {}),
    wanted: wantedWords.includes(wanted) ? (wanted as Wanted) : 'all',
    text: query.get('q') ?? '',
    guests: query.getAll('guest'),
    tiers: query.getAll('tier'),
  }
}

/** The other way round; empty where nothing is open or filtered. */
export function formatHash(state: PageState): string {
  const { caseId, run, wanted, text, guests, tiers } = state
  const query = new URLSearchParams([
    ...(caseId === undefined || run === undefined || run === 0 ? [] : [['run', String(run)]]),
    ...(wanted === 'all' ? [] : [['show', wanted]]),
    ...(text === '' ? [] : [['q', text]]),
    ...guests.map((guest) => ['guest', guest]),
    ...tiers.map((tier) => ['tier', tier]),
  ]).toString()
  return `${caseId === undefined ? '' : caseHash(caseId)}${query === '' ? '' : `?${query}`}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
