import { firstLine } from '../first-line.ts'
import type { CaseResult, ConformanceRun } from '../results.ts'
import { countCases } from '../tally.ts'
import { briefEvidence } from './brief-evidence.ts'
import { cutText } from './cut-text.ts'
import { xmlElement, xmlText, type XmlAttributes } from './xml-element.ts'

/**
 * A run as JUnit XML, as Jenkins, GitLab and GitHub's reporters read it: one suite for each guest,
 * machine and tier. What was not run is `skipped`, with its reason.
 */
export function junitReport(run: ConformanceRun): string {
  const groups = Map.groupBy(run.cases, ({ guest, machine, tier }) =>
    JSON.stringify([guest, machine, tier]),
  )
  const suites = [...groups.values()].map((own) => suiteXml(own, run))
  // Jenkins' schema has no `skipped` for all suites together.
  const { skipped: _, ...counts } = countAttributes(run.cases)
  const report = xmlElement('testsuites', { name: run.label, ...counts }, suites)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${report}\n`
}

function suiteXml(cases: readonly CaseResult[], run: ConformanceRun): string {
  const [first] = cases
  const emulator = run.emulators.find(({ guest }) => guest === first?.guest)
  const properties = {
    subject: run.subject,
    host: run.host,
    emulator:
      emulator === undefined ? undefined : `${emulator.path} ${emulator.version ?? ''}`.trim(),
  }
  return xmlElement(
    'testsuite',
    {
      name: `${first?.guest}/${first?.machine}/${first?.tier}`,
      ...countAttributes(cases),
      timestamp: run.startedAt.replace(/(?:\.\d+)?Z$/, ''),
    },
    [xmlElement('properties', {}, propertiesXml(properties)), ...cases.map((one) => caseXml(one))],
  )
}

const propertiesXml = (
  properties: Readonly<Record<string, string | undefined>>,
): readonly string[] =>
  Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [xmlElement('property', { name, value })],
  )

function caseXml(one: CaseResult): string {
  return xmlElement(
    'testcase',
    {
      name: `${one.scenario}: ${one.title}`,
      classname: `${one.guest}.${one.machine}.${one.tier}`,
      time: seconds(one.durationMs),
    },
    [...outcomeXml(one), xmlText('system-out', {}, briefEvidence(one))],
  )
}

function outcomeXml({ outcome, reason, failure }: CaseResult): readonly string[] {
  if (outcome === 'passed') return []
  if (outcome === 'not-run') {
    return [xmlElement('skipped', { message: reason ?? 'not run, no reason was given' })]
  }
  const message = failure?.message ?? reason ?? 'failed without a message'
  const stack = failure?.stack ?? ''
  const text = stack.includes(message) ? stack : `${message}\n${stack}`.trimEnd()
  return [xmlText('failure', { message: firstLine(message), type: 'failed' }, cutText(text))]
}

function countAttributes(
  cases: readonly CaseResult[],
): XmlAttributes & { readonly skipped: number } {
  const { failed, notRun } = countCases(cases)
  return {
    tests: cases.length,
    failures: failed,
    errors: 0,
    skipped: notRun,
    time: seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  }
}

/** Three places, never in exponents, as schemas of the format want it. */
const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3)
