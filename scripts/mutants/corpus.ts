import { DomainError, readXml } from '@polyvirt/core'
import type { Case } from '../peer/find-cases.ts'
import { mutations } from './mutations.ts'
import { Random } from './random.ts'
import { treeOf, writeTree } from './tree.ts'
import type { Tree } from './tree.ts'
import { vocabularyOf } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Mutant {
  readonly index: number
  /** The guest where the document names none. */
  readonly guestName: string
  /** What it was made of, and how. */
  readonly origin: string
  readonly xml: string
}

/** Makes mutants by number: the same seed and number give the same document in every run. */
export class Corpus {
  readonly #documents: readonly { readonly key: string; guestName: string; tree: Tree }[]
  readonly #vocabulary: Vocabulary
  readonly #seed: number

  constructor(cases: readonly Case[], seed: number) {
    this.#documents = cases.flatMap(({ key, guestName, xml }) => {
      const tree = readTree(xml)
      return tree === undefined ? [] : [{ key, guestName, tree }]
    })
    if (this.#documents.length === 0) throw new Error('no document can be read as XML')
    this.#vocabulary = vocabularyOf(this.#documents.map(({ tree }) => tree))
    this.#seed = seed
  }

  mutant(index: number): Mutant {
    const random = new Random(this.#seed, index)
    const found = random.pick(this.#documents) ?? this.#documents[0]
    if (found === undefined) throw new Error('the corpus is empty')
    const root = structuredClone(found.tree)
    const names: string[] = []
    // Mostly little damage, so that much of it is accepted; now and then a lot.
    const times = 1 + random.below(random.oneIn(8) ? 12 : 3)
    for (let i = 0; i < times; i++) {
      const [name, mutate] = random.pick(Object.entries(mutations)) ?? []
      mutate?.({ root, random, vocabulary: this.#vocabulary })
      if (name !== undefined) names.push(name)
    }
    const origin = `${found.key}: ${names.join(', ')}`
    return { index, guestName: found.guestName, origin, xml: writeTree(root) }
  }
}

function readTree(xml: string): Tree | undefined {
  try {
    return treeOf(readXml(xml))
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}
