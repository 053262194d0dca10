import type { TestContext } from 'vitest'
import { awaited } from './awaited.ts'
import type { Numbered } from './catalogue.ts'

/** `X-01 an empty file`. */
export function titleOf({ id, what }: Numbered): string {
  return `${id} ${what}`
}

/** The only row of this number. */
export function byId<Row extends Numbered>(rows: readonly Row[], id: string): Row {
  const found = rows.filter((row) => row.id === id)
  const [row] = found
  if (row === undefined || found.length > 1) throw new Error(`${found.length} rows are ${id}`)
  return row
}

/** Rows under their titles, for `test.for`. */
export function titled<Row extends Numbered>(
  rows: readonly Row[],
): readonly (readonly [title: string, row: Row])[] {
  return rows.map((row) => [titleOf(row), row])
}

/** A test of the catalogue; one that waits for a correction has to fail until then. */
export function held(body: () => Promise<void>): (context: TestContext) => Promise<void> {
  return ({ task }) => run(task.name, body)
}

/** The same for a row of {@link titled}. */
export function heldRow<Row>(
  body: (row: Row) => Promise<void>,
): (titled: readonly [title: string, row: Row], context: TestContext) => Promise<void> {
  return ([, row], { task }) => run(task.name, () => body(row))
}

async function run(title: string, body: () => Promise<void>): Promise<void> {
  if (!awaited.has(title)) return body()
  const failed = await body().then(
    () => false,
    () => true,
  )
  if (!failed) throw new Error(`${title}: it is corrected; take it out of awaited.ts`)
  return undefined
}
