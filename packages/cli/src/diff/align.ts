/** What two lists have in common, in order: either side of a pair may be missing. */
export type Pair<T> =
  | readonly [left: T, right: T]
  | readonly [T, undefined]
  | readonly [undefined, T]

export interface Costs<T> {
  readonly isSame: (left: T, right: T) => boolean
  /** What it takes to turn one into the other; infinite where they have too little in common. */
  readonly change: (left: T, right: T) => number
  /** What it takes to add or remove one. */
  readonly size: (one: T) => number
}

/** Beyond this many comparisons, what is not the same is paired by its position. */
const maxComparisons = 40_000

/** Pairs two lists, keeping their order, so that the least has to be changed. */
export function align<T>(left: readonly T[], right: readonly T[], costs: Costs<T>): Pair<T>[] {
  const shorter = Math.min(left.length, right.length)
  const same = (at: number, other: number): boolean => {
    const [a, b] = [left[at], right[other]]
    return a !== undefined && b !== undefined && costs.isSame(a, b)
  }
  let head = 0
  while (head < shorter && same(head, head)) head++
  let tail = 0
  while (tail < shorter - head && same(left.length - 1 - tail, right.length - 1 - tail)) tail++
  const middle: readonly [readonly T[], readonly T[]] = [
    left.slice(head, left.length - tail),
    right.slice(head, right.length - tail),
  ]
  const few = middle[0].length * middle[1].length <= maxComparisons
  return [
    ...byPosition(left.slice(0, head), right.slice(0, head)),
    ...(few ? cheapest(...middle, costs) : byPosition(...middle)),
    ...byPosition(left.slice(left.length - tail), right.slice(right.length - tail)),
  ]
}

function byPosition<T>(left: readonly T[], right: readonly T[]): Pair<T>[] {
  const longer = left.length > right.length ? left : right
  return longer.map((_, at) => [left[at], right[at]] as Pair<T>)
}

/** Edit distance (Wagner and Fischer), from the end so that the pairs are read off forwards. */
function cheapest<T>(left: readonly T[], right: readonly T[], costs: Costs<T>): Pair<T>[] {
  const table = [...left, undefined].map(() => new Float64Array(right.length + 1))
  const at = (i: number, j: number): number => table[i]?.[j] ?? Number.POSITIVE_INFINITY
  const choose = (i: number, j: number): { readonly cost: number; readonly step: string } => {
    const [a, b] = [left[i], right[j]]
    const pair = a && b ? costs.change(a, b) + at(i + 1, j + 1) : Number.POSITIVE_INFINITY
    const remove = a ? costs.size(a) + at(i + 1, j) : Number.POSITIVE_INFINITY
    const add = b ? costs.size(b) + at(i, j + 1) : Number.POSITIVE_INFINITY
    if (pair <= remove && pair <= add) return { cost: pair, step: 'pair' }
    return remove <= add ? { cost: remove, step: 'remove' } : { cost: add, step: 'add' }
  }
  for (let i = left.length; i >= 0; i--) {
    for (let j = right.length; j >= 0; j--) {
      const row = table[i]
      if (row !== undefined && i + j < left.length + right.length) row[j] = choose(i, j).cost
    }
  }
  const pairs: Pair<T>[] = []
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const { step } = choose(i, j)
    pairs.push([
      step === 'add' ? undefined : left[i],
      step === 'remove' ? undefined : right[j],
    ] as Pair<T>)
    if (step !== 'add') i++
    if (step !== 'remove') j++
  }
  return pairs
}
