import type { ErrorCode } from '@polyvirt/core'

/** How many numbered inputs each chapter has; `numbers.test.ts` holds all of them against this. */
export const chapters = {
  X: 36,
  N: 26,
  U: 30,
  P: 34,
  Q: 28,
  G: 18,
  F: 18,
  M: 15,
  R: 16,
  S: 16,
  K: 12,
  C: 6,
  O: 9,
  Z: 9,
} as const

export type Chapter = keyof typeof chapters

/** `X-01`: a chapter and a number of two digits. */
export type InputId = `${Chapter}-${number}`

/** What every test of the catalogue has: the number it stands for, and what is put in. */
export interface Numbered {
  readonly id: string
  readonly what: string
}

/** How an input is turned down. */
export interface Refusal {
  /** `ERR_XML_ERROR` where missing. */
  readonly code?: ErrorCode
  /** Path below the document's root of the problem that is meant. */
  readonly path?: string
  /** `LINE:COLUMN` in the document. */
  readonly at?: string
  /** Part of the message: what was found, escaped, and what is offered instead. */
  readonly says: string
}
