import type { Assumption } from '../xml/fields.ts'

/** Why something was added to a definition. */
export interface Note {
  readonly path: string
  readonly value: string
  readonly rule: string
  readonly owner: string
  readonly reason: string
}

/** Notes on what reading the document took for granted. */
export function assumptionNotes(assumed: readonly Assumption[]): readonly Note[] {
  return assumed.map((one) => ({
    ...one,
    rule: 'schema/default',
    owner: '@polyvirt/core',
    reason: "libvirt's meaning of a left-out value",
  }))
}

/**
 * Collects the notes of one plan; each step says what it adds and by which rule. They are written
 * when they are read: of many plans, few are explained.
 */
export class Notes {
  readonly #taken: (() => Note)[] = []
  #written: readonly Note[] | undefined

  add(note: () => Note): void {
    this.#taken.push(note)
  }

  /** All of them, in the order in which they were taken. */
  list(): readonly Note[] {
    return (this.#written ??= this.#taken.map((note) => note()))
  }
}
