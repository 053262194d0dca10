import * as fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { junitReport } from '../src/index.ts'
import { visibleText } from '../src/visible-text.ts'
import { arbitraryRun } from './arbitrary-run.ts'
import { makeCase, makeFailed, makeNotRun, makeRun } from './make-run.ts'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  htmlEntities: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
  isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
})

const report = junitReport(
  makeRun([
    makeCase({ scenario: 'disk/a', durationMs: 1234 }),
    makeFailed({
      scenario: 'disk/b',
      failure: { message: 'first\nsecond', stack: 'Error: first\nsecond\n at x' },
    }),
    makeNotRun({ tier: 'guest', scenario: 'disk/a' }),
  ]),
)

/** XML 1.0, section 2.2. */
const legal = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

describe('the JUnit report', () => {
  it('has a suite for each guest, machine and tier, with its counts', () => {
    const { testsuites } = parser.parse(report)
    expect(testsuites).toMatchObject({ tests: '3', failures: '1', errors: '0' })
    expect(testsuites.testsuite).toMatchObject([
      { name: 'ppc64le/pseries/model', tests: '2', failures: '1', skipped: '0', time: '1.237' },
      { name: 'ppc64le/pseries/guest', tests: '1', failures: '0', skipped: '1' },
    ])
  })

  it('says of a case what it is, where it failed and why it was not run', () => {
    const [model, guest] = parser.parse(report).testsuites.testsuite
    expect(model.testcase[0]).toMatchObject({
      name: 'disk/a: two disks keep their order',
      classname: 'ppc64le.pseries.model',
      time: '1.234',
    })
    expect(model.testcase[0]).not.toHaveProperty('failure')
    expect(model.testcase[1].failure).toMatchObject({
      message: 'first',
      '#text': 'Error: first\nsecond\n at x',
    })
    expect(guest.testcase[0].skipped.message).toBe('qemu-system-ppc64 is not installed')
  })

  it('has the evidence of what failed in brief', () => {
    const evidence = {
      xml: '<domain/>',
      argv: ['qemu', '-machine', 'pseries', '-nodefaults'],
      console: `${'x'.repeat(20_000)}the last words`,
    }
    const { testsuites } = parser.parse(junitReport(makeRun([makeFailed({ evidence })])))
    const output = testsuites.testsuite[0].testcase[0]['system-out']
    expect(output).toContain('<domain/>')
    expect(output).toContain('\n-machine pseries\n-nodefaults\n')
    expect(output).toContain('the last words')
    expect(output.length).toBeLessThan(10_000)
  })

  it('is valid XML 1.0 that says what it was told, whatever it was told', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const text = junitReport(run)
        expect(XMLValidator.validate(text)).toBe(true)
        expect(text).toMatch(legal)
        const suites = parser.parse(text).testsuites.testsuite ?? []
        const cases = suites.flatMap((suite: { testcase: readonly unknown[] }) => suite.testcase)
        expect(cases).toHaveLength(run.cases.length)
        const names = run.cases.map(({ scenario, title }) => visibleText(`${scenario}: ${title}`))
        expect(cases.map(({ name }: { name: string }) => name).toSorted()).toEqual(names.toSorted())
      }),
    )
  })
})
