/**
 * Damages domain documents in many ways and sees what planning makes of them:
 *
 *   scripts/dev pnpm mutants --cases DIR [--count 20000] [--seed 1] [--out DIR]
 *                            [--qemu] [--sample 300]
 *
 * DIR holds <arch>/<name>/input.xml. Every mutant must end, within two seconds, in a plan or in a
 * refusal whose problems all have a code and a path; what polyvirt writes must read and plan the
 * same again. With --qemu, so many of the accepted plans of each architecture are also started on
 * the installed emulators, with stand-ins for the host's files, and must be taken. Nothing listens
 * on or connects to a network.
 *
 * Mutants are made by number, so a seed and a number name one for good. Failures are written to
 * --out. Ends with 0 where nothing failed, 1 where something did, 2 for wrong usage.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { printable } from '@polyvirt/core'
import { readOptions, refuseWords, wholeNumber } from '../lib/read-options.ts'
import { findCases } from '../peer/find-cases.ts'
import { Corpus } from './corpus.ts'
import { tryInQemu } from './qemu/try-in-qemu.ts'
import { tryMutants } from './try-mutants.ts'

const usage = 'pnpm mutants --cases DIR [--count N] [--seed N] [--out DIR] [--qemu] [--sample N]'

interface Request {
  readonly cases: string
  readonly count: number
  readonly seed: number
  readonly out?: string
  readonly qemu: boolean
  readonly sample: number
}

/** A mutant that planning, or QEMU, did not do right by. */
export interface Failure {
  readonly index: number
  readonly why: string
  readonly detail: string
}

/** Failures of one kind that are printed; all are written. */
const shown = 5

function readRequest(): Request {
  const values = readOptions(usage, {
    cases: { type: 'string' },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    qemu: { type: 'boolean', default: false },
    sample: { type: 'string', default: '300' },
  })
  const { cases, out, qemu } = values
  if (cases === undefined) return refuseWords(usage, '--cases says which documents')
  const number = (name: 'count' | 'seed' | 'sample'): number =>
    wholeNumber(usage, name, values[name])
  return {
    cases: resolve(cases),
    count: number('count'),
    seed: number('seed'),
    sample: number('sample'),
    qemu,
    ...(out !== undefined && { out: resolve(out) }),
  }
}

async function run(request: Request): Promise<boolean> {
  const { cases, seed, count } = request
  const corpus = new Corpus(findCases(cases).cases, seed)
  const failures: Failure[] = []
  const planned = new Map<string, number[]>()
  let refused = 0
  const begun = performance.now()
  await tryMutants({ cases, seed, count }, ({ index, outcome }) => {
    if (outcome.kind === 'broken') failures.push({ index, ...outcome })
    else if (outcome.kind === 'refused') refused++
    else {
      const list = planned.get(outcome.guestName) ?? []
      list.push(index)
      planned.set(outcome.guestName, list)
    }
  })
  const seconds = (performance.now() - begun) / 1000
  const accepted = count - refused - failures.length
  console.log(
    `${count} mutants (seed ${seed}): ${accepted} planned, ${refused} refused, ${failures.length} broken; ${seconds.toFixed(1)} s`,
  )
  if (request.qemu) failures.push(...(await tryInQemu(corpus, planned, request)))
  report(failures, corpus, request.out)
  return failures.length === 0
}

function report(failures: readonly Failure[], corpus: Corpus, out: string | undefined): void {
  const kinds = Map.groupBy(failures, ({ why }) => why)
  for (const [why, list] of kinds) {
    console.log(`\n${why}: ${list.length}`)
    for (const { index, detail } of list.toSorted((a, b) => a.index - b.index).slice(0, shown)) {
      const text = detail.split('\n').slice(0, 6).map(printable).join('\n    ')
      console.log(
        `  mutant ${index}, of ${corpus.mutant(index).origin}\n    ${text.slice(0, 1200)}`,
      )
    }
  }
  if (out === undefined) return
  mkdirSync(out, { recursive: true })
  for (const { index, why, detail } of failures) {
    const { xml, origin } = corpus.mutant(index)
    writeFileSync(join(out, `${index}.xml`), xml)
    writeFileSync(join(out, `${index}.txt`), `${why}\n${origin}\n${detail}\n`)
  }
}

try {
  process.exitCode = (await run(readRequest())) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
