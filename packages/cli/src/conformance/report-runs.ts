import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { markdownReport, mergeRuns, readRun, verdictLine } from '@polyvirt/conformance-report'
import type { ConformanceRun } from '@polyvirt/conformance-report'
import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Context, Options } from '../command.ts'
import { printable, strerror } from '../core.ts'
import { exitCodeOf } from './exit-codes.ts'
import { askedReports, checkReports, writeReports } from './report-files.ts'

/** `polyvirt conformance report`. */
export async function reportRuns(_context: Context, options: Options): Promise<Answer> {
  const from = resolve('.')
  const read: ConformanceRun[] = []
  for (const file of options.list('file')) read.push(await readFile(resolve(from, file)))
  const [first, ...others] = putTogether(read)
  if (first === undefined) throw new CommandError('there are no runs to report')
  const runs = [first, ...others] as const
  const files = askedReports(options, from)
  checkSingle(
    files.map(({ form }) => form),
    runs.length,
  )
  checkReports(files)
  writeReports(files, runs)
  const codes = runs.map(exitCodeOf)
  return {
    text: files.length === 0 ? markdownReport(runs) : runs.map(lineOf).join(''),
    json: runs.map((run) => {
      const { label, subject, host, startedAt, durationMs } = run
      return { label, subject, host, startedAt, durationMs, verdict: verdictLine(run) }
    }),
    code: Math.max(...codes),
  }
}

function lineOf(run: ConformanceRun): string {
  return `${printable(run.label)} (${printable(run.subject)}): ${verdictLine(run)}\n`
}

/** Shards of one run become that run; the others stay as they are, in their order. */
function putTogether(runs: readonly ConformanceRun[]): readonly ConformanceRun[] {
  const groups = Map.groupBy(runs, ({ shard, subject, label, startedAt }) =>
    JSON.stringify(shard === undefined ? [subject, label, startedAt] : [subject, label, shard.of]),
  )
  return [...groups.values()].flatMap((own) => {
    if (own.every(({ shard }) => shard === undefined)) return own
    try {
      return [mergeRuns(own)]
    } catch (error) {
      throw invalidArgument(`these shards are not one run: ${(error as Error).message}`)
    }
  })
}

/** JUnit and JSON hold one run each. */
function checkSingle(forms: readonly string[], count: number): void {
  const single = forms.find((form) => form === 'junit' || form === 'json')
  if (count === 1 || single === undefined) return
  throw invalidArgument(
    `--${single} holds one run, and these are ${count}: name the files of one, or --html for all`,
  )
}

async function readFile(file: string): Promise<ConformanceRun> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw invalidArgument(`${printable(file)} cannot be read: ${strerror(error)}`)
  }
  try {
    return readRun(text)
  } catch (error) {
    throw invalidArgument(`${printable(file)} holds no run: ${(error as Error).message}`)
  }
}
