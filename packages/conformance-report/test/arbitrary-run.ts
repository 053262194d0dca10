import * as fc from 'fast-check'
import { tiers, type CaseResult, type ConformanceRun, type Evidence } from '../src/results.ts'

/** What a document, a guest or an emulator might say to become markup, or to break a format. */
const hostileTexts = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</td></tr></table><iframe src="javascript:alert(1)">',
  '{"__proto__":{"polluted":true}}',
  ']]></system-out><testcase/>',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;&amp;&#0;',
  '| cell\n# head\n- item\n```\n[link](https://example.org) ![picture](https://example.org/a.png)',
  '@someone #1 <b>bold</b> **bold** `code` $x$ www.example.org a@example.org',
  'line\u2028separator\u2029paragraph',
  '\u202egnp.exe\u2066',
  '\ud800 alone \udc00',
  '\0\x01\x08\x0b\x1b[31m\x7f\x85\ufffe\uffff',
  '%E0%A4%A',
  '#?&run=1',
  '\\u003c/script\\u003e ${1} `',
  '',
]

const hostile = fc.constantFrom(...hostileTexts)

export const arbitraryText = fc.oneof(
  hostile,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.tuple(fc.string({ maxLength: 6 }), hostile).map((parts) => parts.join('')),
)

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
const list = fc.array(arbitraryText, { maxLength: 3 })
const lineNumber = fc.integer({ min: 1, max: 9 })

const evidence: fc.Arbitrary<Evidence> = fc.record(
  {
    xml: arbitraryText,
    stored: arbitraryText,
    argv: list,
    refusal: fc.array(
      fc.record(
        { code: arbitraryText, message: arbitraryText, path: arbitraryText, line: lineNumber },
        { requiredKeys: ['code', 'message'] },
      ),
      { maxLength: 2 },
    ),
    live: fc.dictionary(arbitraryText, json, { maxKeys: 3 }),
    acts: arbitraryText,
    console: arbitraryText,
    guest: json,
    screenshots: fc.array(fc.record({ title: arbitraryText, url: arbitraryText }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
)

const caseParts = fc.record(
  {
    id: arbitraryText,
    arch: arbitraryText,
    guest: arbitraryText,
    machine: arbitraryText,
    tier: fc.constantFrom(...tiers),
    scenario: arbitraryText,
    title: arbitraryText,
    face: fc.constantFrom('offered', 'refused'),
    outcome: fc.constantFrom('passed', 'failed', 'not-run'),
    reason: arbitraryText,
    failure: fc.record(
      { message: arbitraryText, stack: arbitraryText },
      { requiredKeys: ['message'] },
    ),
    durationMs: fc.nat(),
    evidence,
  },
  {
    requiredKeys: [
      'id',
      'arch',
      'guest',
      'machine',
      'tier',
      'scenario',
      'title',
      'face',
      'outcome',
      'durationMs',
    ],
  },
) as fc.Arbitrary<CaseResult>

/** Any run that the types allow, made of text that means harm. */
export const arbitraryRun = fc.record(
  {
    format: fc.constant(1),
    label: arbitraryText,
    subject: arbitraryText,
    startedAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((date) => date.toISOString()),
    durationMs: fc.nat(),
    host: arbitraryText,
    shard: fc.nat({ max: 4 }).map((index) => ({ index: index + 1, of: 5 })),
    emulators: fc.array(
      fc.record(
        { guest: arbitraryText, path: arbitraryText, version: arbitraryText },
        { requiredKeys: ['guest', 'path'] },
      ),
      { maxLength: 2 },
    ),
    cases: fc.uniqueArray(caseParts, { maxLength: 6, selector: ({ id }) => id }),
    coverage: fc.array(
      fc.record({ guest: arbitraryText, machine: arbitraryText, offered: list, unreached: list }),
      { maxLength: 2 },
    ),
    interrupted: fc.boolean(),
  },
  {
    requiredKeys: [
      'format',
      'label',
      'subject',
      'startedAt',
      'durationMs',
      'host',
      'emulators',
      'cases',
      'coverage',
    ],
  },
) as fc.Arbitrary<ConformanceRun>
