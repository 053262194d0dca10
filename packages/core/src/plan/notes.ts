/** Why something was added to a definition. */
export interface Note {
  readonly path: string
  readonly value: string
  readonly rule: string
  readonly owner: string
  readonly reason: string
}

/** Collects the notes of one plan; each step says what it adds and by which rule. */
export class Notes {
  readonly list: Note[] = []

  add(note: Note): void {
    this.list.push(note)
  }
}
