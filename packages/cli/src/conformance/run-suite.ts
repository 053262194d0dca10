import { resolve } from 'node:path'
import type { ConformanceRun } from '@polyvirt/conformance-report'
import type { ArchSubject, RunConformanceOptions } from '@polyvirt/conformance/run'
import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Context, Options } from '../command.ts'
import { shellQuote } from '../output/shell-quote.ts'
import { checkScenarios } from './check-scenarios.ts'
import { cutEvidence } from './cut-evidence.ts'
import { exitCodeOf, nothingRun } from './exit-codes.ts'
import { formatSummary, groupByReason } from './format-summary.ts'
import { checkKnown } from './known-words.ts'
import { nestedNote } from './nested-note.ts'
import { watchRun } from './progress/watch-run.ts'
import { askedReports, checkReports, reportsIn, writeReports } from './report-files.ts'
import type { ReportFile } from './report-files.ts'
import { readMemory, remember, writeMemory } from './run-memory.ts'
import type { RunMemory } from './run-memory.ts'
import { readRunOptions } from './run-options.ts'
import type { AskedRun } from './run-options.ts'
import { selectSubjects } from './select-subjects.ts'
import { stateFolder } from './state-folder.ts'
import { loadSuite } from './suite.ts'

/** `polyvirt conformance run`. */
export async function runSuite(context: Context, options: Options): Promise<Answer> {
  const from = resolve('.')
  const asked = readRunOptions(options, from)
  const folder = asked.output ?? stateFolder(context.environment)
  const files = [...reportsIn(folder), ...askedReports(options, from)]
  const suite = await loadSuite(context.arches)
  const subjects = await selectSubjects(context, asked)
  checkEmulators(asked, subjects)
  const scenarios = suite.listScenarios(subjects)
  if (asked.scenarios !== undefined) checkScenarios(asked.scenarios, scenarios)
  checkReports(files)
  const memory = readMemory(folder)
  if (asked.rerun && memory.failed.length === 0) {
    const text = `Nothing failed when it was last tried (${folder}), so there is nothing to try again.\n`
    return { text, json: { failed: [] }, code: nothingRun }
  }
  const watcher = watchRun(context)
  let run: ConformanceRun
  try {
    const whole = await suite.runConformance({
      ...engineOptions(asked, memory),
      arches: subjects,
      signal: context.signal,
      onEvent: (event) => watcher.take(event),
    })
    run = cutEvidence(whole)
  } catch (error) {
    // What the engine refuses before it tries anything is a slip of the command line.
    if (error instanceof RangeError || isRefusal(error)) {
      throw invalidArgument(error.message)
    }
    if (asked.connect === undefined || !(error instanceof Error)) throw error
    // A libvirt that does not answer is no trouble inside.
    throw new CommandError(error.message, { code: 'ERR_OPERATION_FAILED', exitCode: nothingRun })
  } finally {
    watcher.end()
  }
  writeMemory(folder, remember(memory, run))
  writeReports(files, [run])
  const remark = run.cases.some(({ tier }) => tier === 'nested')
    ? undefined
    : nestedNote({ asked, scenarios, arches: subjects.map(({ arch }) => arch.name) })
  return answer(context, { run, files, asked, folder, remark })
}

function engineOptions(
  { rerun, jobs, ...asked }: AskedRun,
  { failed, durationsMs }: RunMemory,
): Omit<RunConformanceOptions, 'arches'> {
  const { guests, tiers, scenarios, emulator, connect, shard, boots, label } = asked
  return {
    durationsMs,
    ...(guests !== undefined && { guests }),
    ...(tiers !== undefined && { tiers }),
    ...(scenarios !== undefined && { scenarios }),
    ...(emulator !== undefined && { emulator }),
    ...(connect !== undefined && { connect }),
    ...(shard !== undefined && { shard }),
    ...(boots !== undefined && { boots }),
    ...(label !== undefined && { label }),
    ...(rerun && { only: failed }),
    ...(jobs !== undefined && { concurrency: { live: jobs, guest: jobs } }),
  }
}

function checkEmulators({ emulator }: AskedRun, subjects: readonly ArchSubject[]): void {
  if (emulator === undefined) return
  const guests = subjects.flatMap(({ arch }) => arch.guests.map(({ name }) => name))
  checkKnown('guest architecture', Object.keys(emulator), guests)
}

/** An emulator that cannot be used, from another copy of core perhaps. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'DomainError'
}

interface Ended {
  readonly run: ConformanceRun
  readonly files: readonly ReportFile[]
  readonly asked: AskedRun
  readonly folder: string
  /** Of what a whole run would have and this one has not. */
  readonly remark: string | undefined
}

function answer(context: Context, { run, files, asked, folder, remark }: Ended): Answer {
  const { output, settings } = context
  const report = files.findLast(({ form }) => form === 'html')?.file
  const text = formatSummary(run, {
    styles: output.styles,
    columns: output.isTerminal ? output.columns : undefined,
    remarks: remark === undefined ? [] : [remark, ''],
    again: againWords(asked, folder),
    ...(report !== undefined && { report }),
  })
  return {
    text: settings.quiet ? '' : `${output.isTerminal ? '\n' : ''}${text}`,
    json: describe(run, files),
    code: exitCodeOf(run),
  }
}

function againWords({ output, connect }: AskedRun, folder: string): string {
  const where = output === undefined ? '' : ` --output ${shellQuote(folder)}`
  const whom = connect === undefined ? '' : ` --connect ${shellQuote(connect)}`
  return `polyvirt conformance run --rerun failed${whom}${where}`
}

function describe(run: ConformanceRun, files: readonly ReportFile[]): unknown {
  const { label, subject, startedAt, durationMs, host, shard, emulators, cases, interrupted } = run
  const of = (outcome: string) => cases.filter((one) => one.outcome === outcome)
  return {
    ...{ label, subject, startedAt, durationMs, host, emulators },
    ...(shard !== undefined && { shard }),
    passed: of('passed').length,
    failed: groupByReason(of('failed')),
    notRun: groupByReason(of('not-run')),
    interrupted: interrupted === true,
    reports: files,
  }
}
