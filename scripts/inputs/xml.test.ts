import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { badDefinitions, badDocuments, otherXml } from './cases/xml.ts'
import type { BadDocument } from './cases/xml.ts'
import { entries } from './support/entries.ts'
import { escaped, guestXml } from './support/guest-xml.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, expectRefused } from './support/refusal.ts'

let bed: Readers
let before: string
beforeAll(async () => {
  bed = await openReaders()
  before = bed.bytes()
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

/** Nothing was written, started or left behind. */
function expectUntouched(): void {
  expect(bed.bytes()).toBe(before)
  expect(bed.processes()).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}

describe('X: a document that is refused by every command that reads one', () => {
  test.for(titled(badDocuments))(
    '%s',
    heldRow(async (row) => {
      for (const [name, { root }] of Object.entries(entries)) {
        if (row.entries?.includes(name) === false) continue
        const answer = await bed.read(name, row.make(root))
        expect(answer.code, `${name} took it`).toBe(expectedCode(name, row, root === 'cpu'))
        const foretold = root === 'cpu' ? (row.cpu ?? row) : row
        if (foretold !== 'accepted') expectRefused(answer, foretold)
        expectHarmless(answer.stderr)
      }
      expectUntouched()
    }),
  )
})

/** `diff` is as diff(1): 1 for different, 2 for trouble. */
function expectedCode(entry: string, { cpu }: BadDocument, isCpu: boolean): number {
  if (isCpu && cpu === 'accepted') return entry.endsWith('compare') ? 0 : 1
  return entry === 'diff' ? 2 : 1
}

describe('X: a definition that is refused', () => {
  test.for(titled(badDefinitions))(
    '%s',
    heldRow(async (row) => {
      expectRefused(await bed.read('define --validate', guestXml(row.parts)), row)
      expectUntouched()
    }),
  )

  test('X-35 without --validate an unknown word is kept out with a warning that names the nearest', async () => {
    const xml = guestXml({ more: '<memroy>1</memroy>' })
    const { code, stderr, stdout } = await bed.read('domxml-to-native', xml)
    expect(code).toBe(0)
    expect(`${stdout}${stderr}`).toContain(`did you mean 'memory'?`)
    expectUntouched()
  })
})

describe('X: the others', () => {
  const whole = (metadata: string): string => guestXml({ name: '<name>x</name>', more: metadata })

  test(
    titleOf(byId(otherXml, 'X-07')),
    held(async () => {
      const inner = `${'<x:a xmlns:x="urn:x">'.repeat(200)}${'</x:a>'.repeat(200)}`
      const { domain } = await bed.hypervisor.domainDefineXml(
        whole(`<metadata>${inner}</metadata>`),
      )
      expect(await bed.hypervisor.domainGetXmlDesc('x')).toContain(inner)
      await bed.hypervisor.domainUndefine(domain.uuid)
      before = bed.bytes()
    }),
  )

  test(
    titleOf(byId(otherXml, 'X-27')),
    held(async () => {
      const xml = guestXml({ more: '<description>\u{1f600}\ud800</description>' })
      const { hypervisor } = bed
      for (const read of [
        () => hypervisor.domainDefineXml(xml),
        () => hypervisor.domainCreateXml(xml),
        () => hypervisor.connectExplainXml(xml),
        () => hypervisor.connectDomainXmlToNative(xml),
        () => hypervisor.connectCompareCpu(xml),
        () => hypervisor.connectBaselineCpu([xml]),
        () => hypervisor.domainAttachDevice('off', xml, { config: true }),
        () => hypervisor.domainSnapshotCreateXml('off', xml),
        () => hypervisor.domainSaveImageDefineXml(bed.around.image, xml),
        () => hypervisor.domainRestore(bed.around.image, { xml }),
      ]) {
        const error: unknown = await read().catch((cause: unknown) => cause)
        expect(error).toMatchObject({
          code: 'ERR_XML_ERROR',
          problems: [{ place: { line: 7, column: 16 } }],
        })
        expect((error as Error).message).toContain('lone surrogate')
      }
      expectUntouched()
    }),
  )

  test(
    titleOf(byId(otherXml, 'X-31')),
    held(async () => {
      const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?>\n${guestXml()}`
      const { code } = await bed.read('domxml-to-native', Buffer.from(xml))
      expect(code).toBe(0)
      expectUntouched()
    }),
  )

  test(
    titleOf(byId(otherXml, 'X-36')),
    held(async () => {
      const metadata = `<metadata><p:__proto__ xmlns:p="urn:p" constructor="1" __proto__="2"><p:toString/></p:__proto__></metadata>`
      await bed.hypervisor.domainDefineXml(whole(metadata))
      expect(await bed.hypervisor.domainGetXmlDesc('x')).toContain(metadata)
      await bed.hypervisor.domainUndefine('x')
      before = bed.bytes()
      expectUntouched()
    }),
  )

  test('X-12 whatever text is stored can be read again, character for character', async () => {
    const text = `]]> --> <!-- & ' " \u{1f600} \t%s $(id)`
    await bed.hypervisor.domainDefineXml(whole(`<description>${escaped(text)}</description>`))
    expect(await bed.hypervisor.domainGetMetadata('x', 'description')).toBe(text)
    const again = await bed.hypervisor.domainGetXmlDesc('x')
    await bed.hypervisor.domainDefineXml(again)
    expect(await bed.hypervisor.domainGetXmlDesc('x')).toBe(again)
    await bed.hypervisor.domainUndefine('x')
  })
})
