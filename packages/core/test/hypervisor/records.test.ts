import { join } from 'node:path'
import { expect, test } from 'vitest'
import { heldRecord } from '../../src/hypervisor/records.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

test('a domain that is held must still be the one that was found', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  const [found] = store.list()
  if (found === undefined) throw new Error('nothing is known')
  await hypervisor.domainSetMetadata('a', 'title', 'changed meanwhile')
  expect(heldRecord(store, found).domain.title).toBe('changed meanwhile')
  await hypervisor.domainRename('a', 'b')
  expect(() => heldRecord(store, found)).toThrow(
    "no domain with matching name 'a': somebody has just renamed it to 'b'",
  )
  await hypervisor.domainUndefine('b')
  expect(() => heldRecord(store, found)).toThrow(
    "no domain with matching name 'a': somebody has just removed it",
  )
})
