import { expect } from 'vitest'
import type { Problem } from '@polyvirt/core'
import type { Refusal } from './catalogue.ts'
import type { CliAnswer } from './testbed.ts'

/** C0 without the newline, DEL, C1, what turns or hides text: none of it reaches a terminal. */
export const unsafe: RegExp =
  // oxlint-disable-next-line eslint/no-control-regex -- that there are none is the point
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** The same text without the colours, and the lines written anew, that are our own. */
export function uncoloured(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- escape sequences are what goes
  return text.replaceAll(/\u001b\[[\d;]*[mK]|\r/g, '')
}

/** Longest error. */
export const maxErrorBytes = 4096

interface ToldError {
  readonly code: string
  readonly message: string
  readonly problems: readonly Problem[]
}

/** The error of a command that was asked for JSON. */
export function toldError({ stdout, stderr }: CliAnswer): ToldError {
  const line = stderr.split('\n').find((one) => one.startsWith('{"error":'))
  if (line !== undefined) return (JSON.parse(line) as { readonly error: ToldError }).error
  // What stands in the way of a migration is an answer, not a failure to answer.
  if (!stdout.startsWith('[{"host":')) return { code: 'none', message: stderr, problems: [] }
  const [verdict] = JSON.parse(stdout) as readonly [{ readonly problems: readonly Problem[] }]
  const [first] = verdict.problems
  return { code: first?.code ?? 'none', message: first?.message ?? '', problems: verdict.problems }
}

/** Turned down by a command, as every refusal is: exit 1, short, safe to print, and as foretold. */
export function expectRefused(answer: CliAnswer, refusal: Refusal): void {
  const { code = 'ERR_XML_ERROR', path, at, says } = refusal
  const error = toldError(answer)
  const { problems } = error
  const all = problems.length === 0 ? [{ code: error.code, message: error.message }] : problems
  const meant: { code: string; message: string; path?: string; place?: Problem['place'] } =
    all.find(({ message }) => message.includes(says)) ?? { ...all[0], code: '', message: '' }
  const { message } = meant
  expect(message === '' ? `${answer.stdout}${answer.stderr}` : message).toContain(says)
  expect(answer.code).not.toBe(0)
  expect(meant.code).toBe(code)
  if (at !== undefined) expect(`${meant.place?.line}:${meant.place?.column}`).toBe(at)
  if (path !== undefined) expect(meant.path).toBe(path)
  expectHarmless(error.message)
}

/** Short enough for any log, and nothing in it drives a terminal. */
export function expectHarmless(text: string): void {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxErrorBytes)
  expect(text).not.toMatch(unsafe)
}
