import type { OptionSpec } from '../command.ts'
import { named, text } from '../option-specs.ts'

export type ReportForm = 'html' | 'junit' | 'json' | 'markdown'

/** Every form of the report, and what it is. */
const reportForms: Readonly<Record<ReportForm, string>> = {
  html: 'one HTML page',
  junit: 'JUnit XML',
  json: 'JSON, for polyvirt conformance report',
  markdown: 'Markdown, for the summary of a job',
}

/** `--html FILE` and its like. */
export const reportOptions: readonly OptionSpec[] = Object.entries(reportForms).map(
  ([name, what]) => named(text(name, `file for the report as ${what}`)),
)
