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

/** Collects the notes of one plan; each step says what it adds and by which rule. */
export class Notes {
  readonly list: Note[] = []

  add(note: Note): void {
    this.list.push(note)
  }
}
