import { accessSync, constants, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { htmlReport, jsonReport, junitReport, markdownReport } from '@polyvirt/conformance-report'
import type { ConformanceRun } from '@polyvirt/conformance-report'
import { UsageError } from '../command-error.ts'
import type { Options } from '../command.ts'
import { makeFolders } from '../core.ts'
import type { ReportForm } from './report-options.ts'
import { writeWhole } from './write-whole.ts'

/** A form of the report, and the file it goes to. */
export interface ReportFile {
  readonly form: ReportForm
  readonly file: string
}

/** In a folder of results. */
const resultsFile = 'results.json'

const folderFiles: Readonly<Record<ReportForm, string>> = {
  html: 'report.html',
  junit: 'junit.xml',
  json: resultsFile,
  markdown: 'summary.md',
}

const forms = Object.keys(folderFiles) as readonly ReportForm[]

/** Every form, in a folder. */
export function reportsIn(folder: string): readonly ReportFile[] {
  return forms.map((form) => ({ form, file: join(folder, folderFiles[form]) }))
}

/** Those that the command line names. */
export function askedReports(options: Options, from: string): readonly ReportFile[] {
  return forms.flatMap((form) => {
    const file = options.text(form)
    return file === undefined ? [] : [{ form, file: resolve(from, file) }]
  })
}

/**
 * Sees that reports can be written, before hours are spent on what would be in them.
 *
 * @throws UsageError
 */
export function checkReports(files: readonly ReportFile[]): void {
  for (const { file } of files) {
    try {
      makeFolders(dirname(file))
      accessSync(dirname(file), constants.W_OK)
    } catch (error) {
      throw new UsageError(`cannot write ${file}: ${(error as Error).message}`)
    }
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new UsageError(`cannot write ${file}: it is a folder`)
    }
  }
}

/** Writes reports of these runs; the first run is the one that JUnit and JSON are of. */
export function writeReports(
  files: readonly ReportFile[],
  runs: readonly [ConformanceRun, ...ConformanceRun[]],
): void {
  const [first] = runs
  for (const { form, file } of files) {
    const text = {
      html: () => htmlReport(runs),
      junit: () => junitReport(first),
      json: () => jsonReport(first),
      markdown: () => markdownReport(runs),
    }[form]()
    writeWhole(file, text)
  }
}
