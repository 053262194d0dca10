import { markup, type Markup } from './markup.ts'

export interface FoldOptions {
  /** How many are seen at once. */
  readonly shown: number
  /** How many there are at most, opened or not. */
  readonly most: number
}

/** A list whose first items are seen, and whose others open. */
export function folded(items: readonly Markup[], { shown, most }: FoldOptions): Markup {
  const first = items.slice(0, shown)
  const others = items.slice(shown, most)
  const left = items.length - shown - others.length
  const list = (some: readonly Markup[]): Markup =>
    markup`<ul>${some.map((item) => markup`<li>${item}</li>`)}</ul>`
  if (others.length === 0) return list(first)
  return markup`${first.length === 0 ? '' : list(first)}<details><summary>${first.length === 0 ? 'show' : 'and'} ${items.length - shown}${first.length === 0 ? '' : ' more'}</summary>${list(others)}${
    left > 0 ? markup`<p class="rest">and ${left} more: see the matrix</p>` : ''
  }</details>`
}
