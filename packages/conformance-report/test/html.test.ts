import { inflateRawSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlReport } from '../src/index.ts'
import type { ConformanceRun } from '../src/results.ts'
import type { PageIndex, PartName } from '../src/html/page-index.ts'
import { pageScript } from '../src/html/page-script.ts'
import { pageStyle } from '../src/html/page-style.ts'
import { arbitraryRun } from './arbitrary-run.ts'
import { makeCase, makeFailed, makeNotRun, makeRun } from './make-run.ts'

const unpack = (text: string): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString())

const dataOf = (html: string, id: string): string =>
  new RegExp(`<script type="text/plain" id="${id}">([\\w+/=]*)</script>`).exec(html)?.[1] ?? ''

/** What the page's script would find for every case of a run. */
function casesIn(html: string, run: number): readonly Readonly<Record<string, unknown>>[] {
  const index = unpack(dataOf(html, 'index')) as PageIndex
  const chunks = index.chunkStarts.map((_, at) => unpack(dataOf(html, `chunk-${at}`)) as unknown[])
  const parts = chunks.flat()
  return (index.runs[run]?.cases ?? []).map((one) => ({
    ...one,
    parts: Object.fromEntries(
      Object.entries(one.parts).map(([name, number]) => [name, parts[number]]),
    ),
  }))
}

const partNames: readonly PartName[] = [
  'xml',
  'stored',
  'argv',
  'refusal',
  'live',
  'acts',
  'console',
  'guest',
  'screenshots',
]

/** The page without what the package itself wrote into it. */
const withoutOwn = (html: string): string => html.replace(pageScript, '').replace(pageStyle, '')

/** Text of the page's own elements, in the order of reading. */
const textOf = (html: string): string =>
  withoutOwn(html)
    .replaceAll(/<script[^>]*>[^<]*<\/script>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const elements =
  /^(?:html|head|meta|title|style|body|a|header|h1|h2|div|article|span|p|dl|dt|dd|table|thead|tbody|tr|th|td|svg|rect|time|b|nav|main|section|ol|ul|li|details|summary|code|script)$/

const attributes =
  /^(?:lang|charset|http-equiv|content|name|class|href|data-jump|aria-hidden|aria-label|scope|viewBox|preserveAspectRatio|x|width|height|title|datetime|id|tabindex|role|type)$/

/** Reads a page as a sequence of tags and text, and nothing else. */
function checkMarkup(html: string): void {
  const tag = /<(\/?)([a-z\d]+)((?: [\w-]+(?:="[^"<>]*")?)*)\/?>/gi
  const left = withoutOwn(html)
    .replace(/^<!doctype html>/, '')
    .replaceAll(tag, (_, slash, name, written) => {
      expect(name).toMatch(elements)
      const names = [...written.matchAll(/ ([\w-]+)(?:="[^"]*")?/g)].map(([, own]) => own)
      for (const own of names) expect(own).toMatch(attributes)
      if (slash === '/') expect(written).toBe('')
      return ''
    })
  expect(left).not.toMatch(/[<>]/)
  for (const [, href] of html.matchAll(/ href="([^"]*)"/g)) expect(href).toMatch(/^#/)
  expect(withoutOwn(html)).not.toMatch(/ (?:on\w+|src|style)="/)
}

describe('the page', () => {
  it('says the verdict in words and numbers', () => {
    const run = makeRun([
      makeCase({ scenario: 'disk/a' }),
      makeFailed(),
      makeNotRun({ tier: 'guest' }),
    ])
    const text = textOf(htmlReport([run]))
    expect(text).toContain('1 of 2 cases failed')
    expect(text).toMatch(/passed 1 .*failed 1 .*not run 1 /)
    expect(text).toMatch(/tier passed failed not run model 1 1 0 guest 0 0 1/)
    expect(text).toContain('vda came second')
    expect(text).toContain('1 qemu-system-ppc64 is not installed ppc64le/pseries/guest')
  })

  it('names what no scenario reached', () => {
    const coverage = [
      {
        guest: 'ppc64le',
        machine: 'pseries',
        offered: ['device:disk', 'timer:rtc'],
        unreached: ['timer:rtc'],
      },
    ]
    const text = textOf(htmlReport([makeRun([makeCase()], { coverage })]))
    expect(text).toContain('Coverage of what is offered 50 %')
    expect(text).toContain('ppc64le/pseries 1 2 timer:rtc')
  })

  it('says how runs differ, what failed first', () => {
    const absent = makeCase({ scenario: 'disk/c' })
    const runs = [
      makeRun([makeCase({ scenario: 'disk/a' }), makeCase({ scenario: 'disk/b' }), absent]),
      makeRun(
        [makeFailed({ scenario: 'disk/a' }), makeCase({ scenario: 'disk/b', face: 'refused' })],
        { label: 'QEMU 10' },
      ),
    ]
    const text = textOf(htmlReport(runs))
    expect(text).toMatch(
      /Differences 3 QEMU 7\.2 ✓ passed QEMU 10 ✗ failed 1 case .*QEMU 7\.2 ✓ passed QEMU 10 ⊘ refused 1 case .*QEMU 7\.2 ✓ passed QEMU 10 absent 1 case/,
    )
  })

  it('loads nothing and runs no script but its own', () => {
    const html = htmlReport([makeRun([makeCase()])])
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]
    expect(policy).toMatch(
      /^default-src &#39;none&#39;; script-src &#39;sha256-[\w+/]{43}=&#39;; style-src &#39;sha256-[\w+/]{43}=&#39;; img-src data:;/,
    )
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style>'))
    expect(html).not.toMatch(/https?:|@import|url\(/)
  })

  it('hands every case and all of its evidence to the script as it was', () => {
    fc.assert(
      fc.property(arbitraryRun, arbitraryRun, (one, other) => {
        const html = htmlReport([one, other])
        for (const [number, run] of [one, other].entries()) {
          expect(casesIn(html, number)).toEqual(run.cases.map(expectedCase))
        }
      }),
    )
  })

  it('has no markup in it but its own, whatever documents, guests and emulators say', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRun, { maxLength: 3 }), (runs) => {
        const html = htmlReport(runs)
        checkMarkup(html)
        expect(withoutOwn(html)).toMatch(/^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
      }),
    )
  })

  it('keeps evidence that many cases share once', () => {
    const random = Array.from({ length: 20_000 }, (_, at) =>
      ((at * 7919) ** 3 % 997).toString(36),
    ).join('')
    const cases = (count: number): ConformanceRun =>
      makeRun(
        Array.from({ length: count }, (_, at) =>
          makeCase({ scenario: `disk/${at}`, evidence: { xml: random } }),
        ),
      )
    const [single, many] = [1, 300].map((count) => htmlReport([cases(count)]).length)
    expect((many ?? 0) - (single ?? 0)).toBeLessThan(20_000)
  })
})

function expectedCase(one: ConformanceRun['cases'][number]): unknown {
  const { id, guest, machine, tier, scenario, title, face, outcome, reason, failure, evidence } =
    one
  const parts = {
    ...(failure === undefined ? {} : { failure }),
    ...Object.fromEntries(
      partNames.flatMap((name) =>
        evidence !== undefined && name in evidence ? [[name, evidence[name as 'xml']]] : [],
      ),
    ),
  }
  return {
    id,
    guest,
    machine,
    tier,
    scenario,
    title,
    face,
    outcome,
    durationMs: one.durationMs,
    parts,
    ...(reason === undefined ? {} : { reason }),
    ...(failure === undefined ? {} : { message: expect.any(String) }),
  }
}
