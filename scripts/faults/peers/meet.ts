import type { Ending } from './qmp-kinds.ts'

/** Longest text of an error. */
const errorBytes = 4096

/** Control characters, which a terminal would obey; line ends part an error from its cause. */
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** Asks something of a peer that misbehaves; what is wrong with how it ended. */
export async function meet(
  ask: () => Promise<unknown>,
  { ending, limitMs }: { readonly ending: Ending; readonly limitMs: number },
): Promise<readonly string[]> {
  const begun = performance.now()
  const result = await within(limitMs, ask)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  if (result.kind === 'hung') return [`no end within ${limitMs / 1000} s`]
  const problems: string[] = []
  if (result.kind === 'error') {
    const { error } = result
    if (ending === 'answer') problems.push(`failed after ${seconds} s: ${String(error)}`)
    if (!(error instanceof Error)) return [...problems, 'threw what is no error']
    if (Buffer.byteLength(error.message) > errorBytes) problems.push('a very long error')
    if (raw.test(error.message)) problems.push(`a raw error: ${JSON.stringify(error.message)}`)
    if (error instanceof TypeError || error instanceof RangeError)
      problems.push(`broke instead of failing: ${error.stack}`)
  } else if (ending === 'error') problems.push(`was believed: ${JSON.stringify(result.value)}`)
  return problems
}

type Result =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'hung' }

function within(limitMs: number, ask: () => Promise<unknown>): Promise<Result> {
  const answered = ask().then(
    (value): Result => ({ kind: 'answer', value }),
    (error: unknown): Result => ({ kind: 'error', error }),
  )
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<Result>((resolve) => {
    limit = setTimeout(() => resolve({ kind: 'hung' }), limitMs)
  })
  return Promise.race([answered, late]).finally(() => clearTimeout(limit))
}
