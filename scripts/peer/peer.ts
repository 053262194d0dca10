/**
 * Holds polyvirt's plans against the recorded answers of another program:
 *
 *   scripts/dev pnpm peer --cases DIR --compare FILE [--out DIR] [--only REGEX] [--show N] [--json]
 *
 * DIR holds <arch>/<name>/input.xml beside the other program's dumpxml.xml and argv.txt, or its
 * error.txt (`stage: define` or `stage: argv` in the first line). Every document of an installed
 * architecture is planned from recorded capabilities: nothing is started, and the answers are the
 * same on every machine. They go to OUT in the same form, and FILE, a program for Node, compares:
 * see comparison.ts for what it has to say.
 *
 * Differences that deviations.json names are counted apart. Ends with 0 where no other is left, 1
 * where there is, 2 for wrong usage or cases that cannot be compared.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pattern, readOptions, refuseWords, wholeNumber } from '../lib/read-options.ts'
import { compareCases } from './compare-cases.ts'
import { readDeviations } from './deviations.ts'
import { findCases } from './find-cases.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import { planCases } from './plan-cases.ts'
import { renderRemaining, renderTotals, ruleUse } from './render.ts'
import { totalsByArch, totalsOf } from './totals.ts'

const usage = 'pnpm peer --cases DIR --compare FILE [--out DIR] [--only REGEX] [--show N] [--json]'

interface Request {
  readonly cases: string
  readonly compare: string
  readonly out?: string
  readonly only?: RegExp
  readonly show: number
  readonly json: boolean
}

function readRequest(): Request {
  const { cases, compare, out, only, show, json } = readOptions(usage, {
    cases: { type: 'string' },
    compare: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
    show: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  })
  if (cases === undefined || compare === undefined)
    return refuseWords(usage, '--cases and --compare say what is compared')
  return {
    cases: resolve(cases),
    compare: resolve(compare),
    ...(out !== undefined && { out: resolve(out) }),
    ...(only !== undefined && { only: pattern(usage, 'only', only) }),
    show: wholeNumber(usage, 'show', show),
    json,
  }
}

async function run(request: Request): Promise<boolean> {
  const deviations = readDeviations()
  const { cases, skipped } = findCases(request.cases, request.only)
  const answered = cases.filter((one) => one.answered)
  for (const reason of skipped) console.error(`left out: ${reason}`)
  const unanswered = cases.filter((one) => !one.answered)
  if (unanswered[0] !== undefined) {
    const files = 'dumpxml.xml, argv.txt or error.txt'
    const first = unanswered[0].key
    console.error(`left out: ${unanswered.length} cases with no ${files}, ${first} the first`)
  }
  const out = request.out ?? mkdtempSync(join(tmpdir(), 'polyvirt-peer-'))
  try {
    const refusals = await planCases(cases, out)
    const judged = await compareCases(answered, refusals, {
      ...request,
      file: request.compare,
      out,
    })
    const judgements = judged.map((one) => judge(one, deviations))
    const ids = deviations.map(({ id }) => id)
    print(judgements, { ...request, ids })
    return judgements.every(({ remaining }) => remaining.length === 0)
  } finally {
    if (request.out === undefined) rmSync(out, { recursive: true, force: true })
  }
}

function print(
  judgements: readonly Judgement[],
  { json, show, ids }: { json: boolean; show: number; ids: readonly string[] },
): void {
  const uses = ruleUse(judgements, ids)
  if (json) {
    const plain = judgements.map((one) => ({ ...one, used: [...one.used] }))
    const byArch = Object.fromEntries(totalsByArch(judgements))
    const document = {
      total: totalsOf(judgements),
      arch: byArch,
      rules: Object.fromEntries(uses),
      cases: plain,
    }
    console.log(JSON.stringify(document, null, 1))
    return
  }
  if (show > 0) console.log(`${renderRemaining(judgements, show)}\n`)
  console.log(renderTotals(judgements))
  const idle = [...uses].filter(([, cases]) => cases === 0).map(([id]) => id)
  if (idle.length > 0) console.log(`deviations that no case shows: ${idle.join(', ')}`)
}

try {
  process.exitCode = (await run(readRequest())) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
