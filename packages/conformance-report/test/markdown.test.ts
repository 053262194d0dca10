import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownReport } from '../src/index.ts'
import { arbitraryRun } from './arbitrary-run.ts'
import { makeCase, makeFailed, makeNotRun, makeRun } from './make-run.ts'

const run = makeRun(
  [
    makeCase({ scenario: 'disk/a' }),
    makeFailed({ scenario: 'disk/b' }),
    makeFailed({ scenario: 'disk/c' }),
    makeNotRun({ tier: 'guest' }),
  ],
  {
    coverage: [
      {
        guest: 'ppc64le',
        machine: 'pseries',
        offered: ['device:disk', 'timer:rtc'],
        unreached: ['timer:rtc'],
      },
    ],
  },
)

/** As a reader sees it: what is code is code, entities are what they stand for. */
const shown = (markdown: string): string =>
  markdown
    .replaceAll(/<\/?code>/g, '`')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))

describe('the Markdown report', () => {
  it('begins with the verdict', () => {
    expect(markdownReport([run])).toMatch(
      /^## ❌ QEMU 7\.2&#58;|^## ❌ QEMU 7\.2: 2 of 3 cases failed/,
    )
    expect(markdownReport([makeRun([makeCase()])])).toMatch(/^## ✅ QEMU 7\.2: All 1 case passed/)
  })

  it('counts by target and tier', () => {
    const lines = shown(markdownReport([run])).split('\n')
    expect(lines).toContain('| target | model | guest | all |')
    expect(lines).toContain('| `ppc64le/pseries` | **✗ 2** ✓ 1 | – 1 | **✗ 2** ✓ 1 – 1 |')
  })

  it('names one cause of several failures once, with the cases below it', () => {
    const text = shown(markdownReport([run]))
    expect(text.split('`vda came second`')).toHaveLength(2)
    expect(text).toContain('  - `ppc64le/pseries/model/disk/b`\n  - `ppc64le/pseries/model/disk/c`')
  })

  it('says what was not run and what no scenario reached', () => {
    const text = shown(markdownReport([run]))
    expect(text).toContain('- 1 × qemu-system-ppc64 is not installed')
    expect(text).toContain('| `ppc64le/pseries` | 1 of 2 | `timer:rtc` |')
  })

  it('sets runs against each other', () => {
    const other = makeRun([makeFailed({ scenario: 'disk/a' })], { label: 'QEMU 10' })
    const text = shown(markdownReport([run, other]))
    expect(text).toContain('| QEMU 7.2 | QEMU 10 | cases | which |')
    expect(text).toContain('| passed | failed | 1 | `ppc64le/pseries/model/disk/a` |')
  })

  it('fits the summary of a job, whatever failed', () => {
    const cases = Array.from({ length: 20_000 }, (_, at) =>
      makeFailed({
        scenario: `disk/${at}`,
        machine: `m${at % 4000}`,
        failure: { message: `${at} ${'|@<>'.repeat(400)}` },
      }),
    )
    const coverage = cases.map(({ guest, machine }) => ({
      guest,
      machine,
      offered: ['a'],
      unreached: ['*'.repeat(300)],
    }))
    const text = markdownReport([makeRun(cases, { coverage })])
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    expect(text).toMatch(/^## ❌ QEMU 7\.2/)
    expect(text).toMatch(/… cut here; .*\n$/)
  })

  it('has no markup in it but its own', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRun, { maxLength: 3 }), (runs) => {
        const text = markdownReport(runs)
        const own = text.replaceAll(/<\/?code>|<br>/g, '')
        expect(own).not.toMatch(/<|`|\[|\]\(|\\|https?:|www\.|@/)
        expect(own).toMatch(/^[\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
        for (const line of text.split('\n')) {
          expect(line).toMatch(
            /^(?:$|#{2,3} |\| .* \|$|- | {2}- |✓ passed|There are no|All cases|QEMU: |.* on .*, in )/u,
          )
        }
        const tables = text.split(/\n(?!\|)/).filter((part) => part.startsWith('|'))
        for (const table of tables) {
          const widths = table.split('\n').map((line) => line.split('|').length)
          expect(new Set(widths).size).toBe(1)
        }
      }),
    )
  })
})
