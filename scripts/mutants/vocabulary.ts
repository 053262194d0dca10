import { everyElement } from './tree.ts'
import type { Tree } from './tree.ts'

/** What the documents of a corpus say, by the place where they say it: what mutants borrow from. */
export interface Vocabulary {
  /** Values by `element@attribute`. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Attributes by element. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
  /** Texts by element. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  /** Elements by the element they stand in. */
  readonly children: ReadonlyMap<string, readonly Tree[]>
  /** Every name of an element. */
  readonly names: readonly string[]
  /** Every value of any attribute. */
  readonly words: readonly string[]
}

/** Trees of one kind that are kept: more of the same teach nothing. */
const keptTrees = 400

export function vocabularyOf(documents: readonly Tree[]): Vocabulary {
  const values = new Map<string, Set<string>>()
  const attributes = new Map<string, Set<string>>()
  const texts = new Map<string, Set<string>>()
  const children = new Map<string, Tree[]>()
  for (const element of documents.flatMap(everyElement)) {
    const { name } = element
    for (const [attribute, value] of element.attributes) {
      setAt(values, `${name}@${attribute}`).add(value)
      setAt(attributes, name).add(attribute)
    }
    if (element.text !== '') setAt(texts, name).add(element.text)
    const kept = children.get(name) ?? []
    kept.push(...element.children.slice(0, keptTrees - kept.length))
    children.set(name, kept)
  }
  const lists = (sets: ReadonlyMap<string, Set<string>>): ReadonlyMap<string, readonly string[]> =>
    new Map([...sets].map(([key, set]) => [key, [...set]]))
  return {
    values: lists(values),
    attributes: lists(attributes),
    texts: lists(texts),
    children,
    names: [...children.keys()],
    words: [...new Set([...values.values()].flatMap((set) => [...set]))],
  }
}

function setAt(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set)
  return set
}
