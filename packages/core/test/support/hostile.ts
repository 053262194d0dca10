import { expect } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { planToy } from './plan-toy.ts'

/** A document that must be refused, and with which words. */
export interface Refusal {
  readonly xml: string
  readonly code?: ErrorCode
  /** Path below `/domain` of the problem that is meant. */
  readonly path?: string
  /** `LINE:COLUMN`. */
  readonly at?: string
  /** Part of the message. */
  readonly says: string
  /** Unknown words are errors only where the caller asks for it. */
  readonly validate?: boolean
}

/** The refusal of a document, held to what every refusal promises. */
export function refusalOf(work: () => unknown): DomainError {
  let found: unknown
  try {
    work()
  } catch (error) {
    found = error
  }
  expect(found, 'the document was accepted').toBeInstanceOf(DomainError)
  const error = found as DomainError
  expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(4096)
  // That there are none is the point.
  expect(error.message).not.toMatch(
    // oxlint-disable-next-line eslint/no-control-regex
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\ufeff]/,
  )
  return error
}

/** Refused at define, with this code, at this place, in these words. */
export function expectRefusal(row: Refusal): void {
  const { code = 'ERR_XML_ERROR', path, at, says } = row
  const error = refusalOf(() => planToy(row.xml, row.validate))
  const meant = error.problems.find((problem) => problem.message.includes(says))
  expect(meant?.message ?? error.message).toContain(says)
  expect(meant?.code).toBe(code)
  if (path !== undefined) expect(meant?.path).toBe(path)
  if (at !== undefined) expect(`${meant?.place?.line}:${meant?.place?.column}`).toBe(at)
}
