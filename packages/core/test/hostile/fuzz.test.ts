import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { formatDomain, parseDomain } from '../../src/xml/parse-domain.ts'
import { mutate, random } from '../support/mutate.ts'
import { planToy } from '../support/plan-toy.ts'

const folder = join(import.meta.dirname, '../fixtures/domains')
const seeds = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
const runs = Number(process.env['POLYVIRT_FUZZ_RUNS'] ?? 3000)
const seed = Number(process.env['POLYVIRT_FUZZ_SEED'] ?? 20261122)

test('the seeds themselves are accepted', () => {
  for (const xml of seeds) expect(planToy(xml, true).argv().length).toBeGreaterThan(10)
})

test(
  `of ${runs} changed documents each is planned or refused, in order`,
  { timeout: 30_000 + runs * 20 },
  () => {
    let accepted = 0
    for (let run = 0; run < runs; run++) {
      const xml = mutate(seeds[run % seeds.length] ?? '', random(seed + run))
      try {
        const { domain, argv } = planToy(xml)
        expect(argv().every((word) => typeof word === 'string')).toBe(true)
        // What is stored can be read again, and says the same.
        const stored = formatDomain(domain)
        expect(formatDomain(parseDomain(stored).domain)).toBe(stored)
        accepted++
      } catch (error) {
        if (!(error instanceof DomainError))
          throw new Error(`run ${run} of seed ${seed}:\n${xml}`, { cause: error })
        expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(4096)
        expect(error.code).not.toBe('ERR_INTERNAL_ERROR')
      }
    }
    // A corpus of nothing but refusals would prove little.
    expect(accepted).toBeGreaterThan(runs / 10)
  },
)
