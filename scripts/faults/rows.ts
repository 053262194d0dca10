import type { Row } from './engine/row.ts'
import { injectRow } from './injection/inject-row.ts'
import { operations } from './injection/operations.ts'

/** The plan. */
export const rows: readonly Row[] = [...operations.map(injectRow)]
