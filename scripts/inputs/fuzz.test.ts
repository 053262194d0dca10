import { readFileSync, readdirSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { badDevices } from './cases/devices.ts'
import { badNumbers } from './cases/numbers.ts'
import { badDefinitions } from './cases/xml.ts'
import { failure } from './support/failure.ts'
import { guestXml } from './support/guest-xml.ts'
import { expectHarmless, unsafe } from './support/refusal.ts'
import { openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
  await bed.hypervisor.domainDefineXml(guestXml({ name: '<name>off</name>' }))
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

/** Seeds: whole documents of the tests, good ones and bad ones that are small. */
const seeds: readonly string[] = [
  ...[...badDevices, ...badNumbers, ...badDefinitions].map(({ parts }) => guestXml(parts)),
  ...fixtures('../../packages/core/test/fixtures/domains/'),
  ...fixtures('../../packages/cli/test/fixtures/'),
].filter((xml) => xml.length < 20_000)

function fixtures(dir: string): readonly string[] {
  const base = new URL(dir, import.meta.url)
  const names = readdirSync(base).filter((name) => name.endsWith('.xml'))
  return names.map((name) => readFileSync(new URL(name, base), 'utf8'))
}

/** What values become: extremes, escapes, keys of every object, paths that climb, text that drives a terminal. */
const values = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '-1', '0', '+1', '1e9', '4294967296', '18446744073709551616', '9'.repeat(40)],
    ...['../../x', '/', 'a,b=c', '__proto__', 'constructor', 'toString', '%s%n', '$(id)'],
    ...['&#0;', '&#x10ffff;', '&#x9b;', '&#x202e;', '&#10;', '&lt;', ']]>', '-->', '&nope;'],
    ...['\u0000', '\u001b[2J', '\u009b', '\u202e', '\ud800', 'x'.repeat(5000)],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer().map(String),
)
const spot = fc.nat({ max: 1_000_000 })
const changes = fc.array(
  fc.record({
    how: fc.constantFrom('value', 'value', 'value', 'delete', 'double', 'move', 'cut', 'rename'),
    at: spot,
    to: spot,
    value: values,
  }),
  { minLength: 1, maxLength: 4 },
)
const documents = fc
  .record({ seed: fc.constantFrom(...seeds), changes })
  .map(({ seed, changes: list }) => list.reduce((xml, change) => mutate(xml, change), seed))

interface Change {
  readonly how: string
  readonly at: number
  readonly to: number
  readonly value: string
}

function mutate(xml: string, { how, at, to, value }: Change): string {
  const elements = [...xml.matchAll(/<([\w:-]+)[^<>]*?(?:\/>|>[^<>]*<\/\1>)/g)]
  const texts = [...xml.matchAll(/(?<==')[^'<>]*(?=')|(?<=>)[^<>\n]+(?=<)/g)]
  const words = [...xml.matchAll(/(?<=<)[\w:-]+|[\w:-]+(?==')/g)]
  const pick = (found: readonly RegExpMatchArray[], n: number): readonly [number, number] => {
    const one = found[n % Math.max(1, found.length)]
    return one === undefined ? [0, 0] : [one.index ?? 0, (one.index ?? 0) + one[0].length]
  }
  const put = ([from, end]: readonly [number, number], text: string): string =>
    xml.slice(0, from) + text + xml.slice(end)
  const [from, end] = pick(elements, at)
  if (how === 'value') return put(pick(texts, at), value)
  if (how === 'delete') return put([from, end], '')
  if (how === 'double') return put([end, end], xml.slice(from, end).repeat(1 + (to % 30)))
  if (how === 'rename') return put(pick(words, at), value.replaceAll(/[^\w-]/g, '') || 'x')
  if (how === 'cut') return xml.slice(0, at % Math.max(1, xml.length))
  const [there] = pick(elements, to)
  return put([there, there], xml.slice(from, end))
}

/** A document either is taken or is refused as every refusal is. */
async function expectProper(work: Promise<unknown>, xml: string): Promise<void> {
  const error = await failure(work)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  if (error === undefined) return
  expect((error as Error).name, `${String((error as Error).stack)}\n${xml.slice(0, 2000)}`).toBe(
    'DomainError',
  )
  const { message } = error as Error
  expect(message).not.toMatch(unsafe)
  expectHarmless(message)
}

const seed = 20_261_126

describe('Documents that are changed at random', () => {
  test('are taken or refused, whoever reads them', { timeout: 120_000 }, async () => {
    const before = bed.state()
    await fc.assert(
      fc.asyncProperty(documents, async (xml) => {
        const { hypervisor } = bed
        await expectProper(hypervisor.connectDomainXmlToNative(xml), xml)
        await expectProper(hypervisor.connectExplainXml(xml, { validate: true }), xml)
      }),
      { seed, numRuns: 1500 },
    )
    expect(bed.state()).toBe(before)
  })

  test('as devices, snapshots and processors as well', { timeout: 120_000 }, async () => {
    const before = bed.state()
    const fragments = documents.map((xml) => {
      const found = [...xml.matchAll(/<(disk|rng|interface|serial|channel|cpu)\b[\s\S]*?<\/\1>/g)]
      return found[0]?.[0] ?? xml.slice(xml.indexOf('>') + 1)
    })
    await fc.assert(
      fc.asyncProperty(fragments, async (xml) => {
        const { hypervisor } = bed
        await expectProper(hypervisor.domainDetachDevice('off', xml, { config: true }), xml)
        await expectProper(hypervisor.connectCompareCpu(xml), xml)
        await expectProper(hypervisor.connectBaselineCpu([xml]), xml)
        await expectProper(
          hypervisor.domainSnapshotCreateXml('off', `<domainsnapshot>${xml}</domainsnapshot>`),
          xml,
        )
      }),
      { seed, numRuns: 400 },
    )
    expect(bed.state()).toBe(before)
  })
})
