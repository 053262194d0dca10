import { ok, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

/** Boots take a while, and machines in a test farm have clocks of their own. */
const toleranceSeconds = 3600

export const clockScenarios: readonly Scenario[] = [
  {
    id: 'clock/utc',
    title: 'a clock that says nothing shows UTC',
    uses: [],
    domain: domainXml(),
    expect: {
      plan(planned) {
        strictEqual(planned.stored.clock?.offset, 'utc')
        strictEqual(optionsNamed(planned, '-rtc')[0]?.properties['base'], 'utc')
      },
      guest(report) {
        const now = Date.now() / 1000
        ok(Math.abs(report.clock.epochSeconds - now) < toleranceSeconds, 'the clock is off')
      },
    },
  },
  {
    id: 'clock/localtime',
    title: 'a clock may show local time',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='localtime'/>\n" }),
    expect: {
      plan: (planned) =>
        strictEqual(optionsNamed(planned, '-rtc')[0]?.properties['base'], 'localtime'),
    },
  },
  {
    id: 'clock/absolute',
    title: 'a clock may start at a moment of its own',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='absolute' start='1000000000'/>\n" }),
    expect: {
      plan: (planned) =>
        strictEqual(optionsNamed(planned, '-rtc')[0]?.properties['base'], '2001-09-09T01:46:40'),
      guest(report) {
        const elapsed = report.clock.epochSeconds - 1_000_000_000
        ok(elapsed >= 0 && elapsed < toleranceSeconds, `the clock shows ${elapsed} s after start`)
      },
    },
  },
  {
    id: 'clock/variable',
    title: 'a clock that is set off by a number of seconds shows that time',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='variable' adjustment='864000' basis='utc'/>\n" }),
    expect: {
      plan: (planned) =>
        strictEqual(optionsNamed(planned, '-rtc')[0]?.properties['base'], '2001-09-19T01:46:40'),
      guest(report) {
        const ahead = report.clock.epochSeconds - Date.now() / 1000
        ok(Math.abs(ahead - 864_000) < toleranceSeconds, `the clock is ${ahead} s ahead`)
      },
    },
  },
  {
    id: 'clock/timezone',
    title: 'a clock may be of a time zone that the document names',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='timezone' timezone='Europe/Berlin'/>\n" }),
    mayRefuse: 'clock',
    golden: false,
    expect: { plan: ({ stored }) => strictEqual(stored.clock?.timezone, 'Europe/Berlin') },
  },
  {
    id: 'clock/offset-unknown',
    title: 'an offset that nobody knows is refused',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='lunar'/>\n" }),
    refused: { code: 'ERR_XML_ERROR', path: 'clock' },
  },
  {
    id: 'clock/timer-unknown',
    title: 'a timer that nobody has is refused',
    uses: [],
    domain: domainXml({ clock: "  <clock offset='utc'><timer name='sundial'/></clock>\n" }),
    refused: { code: 'ERR_XML_ERROR', path: 'clock' },
  },
]
