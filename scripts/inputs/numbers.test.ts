import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { badNumbers, otherNumbers } from './cases/numbers.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { definitionEntries, offName, openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, expectRefused } from './support/refusal.ts'

let bed: Readers
beforeAll(async () => {
  bed = await openReaders()
}, 60_000)
afterEach(() => bed.reset(), 60_000)
afterAll(() => bed.dispose(), 60_000)

describe('U: a number or identity that is refused by every command that takes a definition', () => {
  test.for(titled(badNumbers))(
    '%s',
    heldRow(async (row) => {
      const before = bed.bytes()
      for (const entry of definitionEntries) {
        const answer = await bed.read(entry, guestXml(row.parts))
        expectRefused(answer, row)
        expectHarmless(answer.stderr)
      }
      expect(bed.bytes()).toBe(before)
      expect(bed.processes()).toEqual([])
    }),
  )

  test('U-03 no number costs memory before it is judged', async () => {
    const before = process.memoryUsage().rss
    for (const count of ['10000000', '1000000000', '4294967295']) {
      await bed.read('define', guestXml({ vcpu: `<vcpu>${count}</vcpu>` }))
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })
})

describe('U: the others', () => {
  test(
    titleOf(byId(otherNumbers, 'U-21')),
    held(async () => {
      const xml = guestXml({ memory: `<memory unit='mib'>64</memory>` })
      const explained = await bed.hypervisor.connectExplainXml(xml)
      expect(explained.xml).toContain(`<memory unit='KiB'>65536</memory>`)
    }),
  )

  test(
    titleOf(byId(otherNumbers, 'U-23')),
    held(async () => {
      const xml = guestXml({ more: `<currentMemory unit='MiB'>65</currentMemory>` })
      const { warnings } = await bed.hypervisor.domainDefineXml(xml)
      expect(warnings).toMatchObject([
        { path: 'currentMemory', place: { line: 7, column: 1 }, message: /66560 KiB is more than/ },
      ])
      expect(await bed.hypervisor.domainGetInfo('guest')).toMatchObject({ memoryKiB: 65_536 })
      await bed.hypervisor.domainUndefine('guest')
    }),
  )

  for (const size of ['TiB 1', 'TiB 100', 'PiB 7168'])
    test(
      `${titleOf(byId(otherNumbers, 'U-24'))}: ${size}`,
      held(async () => {
        const [unit, amount] = size.split(' ')
        const memory = `<memory unit='${unit}'>${amount}</memory>`
        await bed.hypervisor.domainDefineXml(guestXml({ memory }))
        const before = bed.state()
        const answer = await bed.cli(['start', 'guest'])
        expect(answer.code).toBe(1)
        expectHarmless(answer.stderr)
        expect(answer.stderr).toMatch(/process exited|annot allocate|memory/i)
        const state = await bed.hypervisor.domainGetState('guest')
        expect(state).toEqual({ state: 'shut off', reason: 'failed' })
        expect(bed.processes()).toEqual([])
        expect(bed.state().includes('domain-')).toBe(before.includes('domain-'))
        await bed.hypervisor.domainUndefine('guest')
      }),
    )

  test(
    titleOf(byId(otherNumbers, 'U-27')),
    held(async () => {
      const { uuid } = await bed.hypervisor.domainLookup(offName)
      const before = bed.state()
      for (const entry of ['define', 'create']) {
        const answer = await bed.read(entry, guestXml({ uuid: `<uuid>${uuid}</uuid>` }))
        expectRefused(answer, {
          code: 'ERR_OPERATION_FAILED',
          says: `domain 'off' is already defined with uuid ${uuid}`,
        })
      }
      expect(bed.state()).toBe(before)
    }),
  )

  test(
    titleOf(byId(otherNumbers, 'U-28')),
    held(async () => {
      const { uuid } = await bed.hypervisor.domainLookup(offName)
      const xml = guestXml({
        name: `<name>${offName}</name>`,
        uuid: '<uuid>11111111-2222-4333-8444-555555555555</uuid>',
      })
      const before = bed.state()
      for (const entry of ['define', 'create']) {
        expectRefused(await bed.read(entry, xml), {
          code: 'ERR_OPERATION_FAILED',
          says: `domain 'off' already exists with uuid ${uuid}`,
        })
      }
      expect(bed.state()).toBe(before)
    }),
  )

  test(
    titleOf(byId(otherNumbers, 'U-29')),
    held(async () => {
      const { domain } = await bed.hypervisor.domainDefineXml(
        guestXml({ root: `<domain type='qemu' id='99'>` }),
      )
      expect(domain.id).toBeUndefined()
      await expect(bed.hypervisor.domainLookup('99')).rejects.toMatchObject({
        code: 'ERR_NO_DOMAIN',
      })
      await bed.hypervisor.domainUndefine('guest')
    }),
  )
})
