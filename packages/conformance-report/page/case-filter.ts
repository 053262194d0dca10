import type { ShownCase } from './case-model.ts'
import type { PageState, Wanted } from './page-state.ts'

const isWanted: Readonly<Record<Wanted, (one: ShownCase) => boolean>> = {
  all: () => true,
  failed: ({ outcome }) => outcome === 'failed',
  'not-run': ({ outcome }) => outcome === 'not-run',
  refused: ({ outcome, face }) => outcome === 'passed' && face === 'refused',
  differs: ({ differs }) => differs,
}

/** Says of a case whether it is what the filters ask for: every word, in any order. */
export function caseFilter(state: PageState): (one: ShownCase) => boolean {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = isWanted[state.wanted]
  const guests = new Set(state.guests)
  const tiers = new Set(state.tiers)
  return (one) =>
    fits(one) &&
    (guests.size === 0 || guests.has(one.guest)) &&
    (tiers.size === 0 || tiers.has(one.tier)) &&
    words.every((word) => one.words.includes(word))
}

export const hasFilters = ({ wanted, text, guests, tiers }: PageState): boolean =>
  wanted !== 'all' || text.trim() !== '' || guests.length > 0 || tiers.length > 0
