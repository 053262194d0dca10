import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml, realRegistry } from '../support/real-arch.ts'

test('a domain gets another name, and gives its old one free', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  await hypervisor.domainDefineXml(guestXml({ name: 'b' }))
  await expect(hypervisor.domainRename('a', 'b')).rejects.toThrow(
    `domain with name 'b' already exists`,
  )
  expect(await hypervisor.domainRename('a', 'c')).toMatchObject({ name: 'c' })
  expect(await hypervisor.domainGetXmlDesc('c')).toContain('<name>c</name>')
  await hypervisor.domainCreate('c', { paused: true })
  await expect(hypervisor.domainRename('c', 'a')).rejects.toThrow('cannot rename active domain')
  await expect(hypervisor.domainRename('b', '..')).rejects.toThrow('names a directory')
})

test('a new name that cannot be one is refused before anything is touched', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  const journal = `${root.dir}/lib/polyvirt.db-wal`
  const before = readFileSync(journal)
  for (const name of ['a\0b', 'a\u001b[2Jb']) {
    const refused = { code: 'ERR_XML_ERROR', message: expect.stringContaining('control character') }
    await expect(hypervisor.domainRename('a', name)).rejects.toMatchObject(refused)
  }
  expect(readFileSync(journal).equals(before)).toBe(true)
})

test('whose process ends with it leaves its journal to the next, who finds all and can put it away', async () => {
  const root = testRoot()
  const journal = `${root.dir}/lib/polyvirt.db-wal`
  const options = { registry: realRegistry, closedByExit: true }
  const command = await openHypervisor(root.uri, options)
  await command.domainDefineXml(guestXml({ name: 'a' }))
  await command.close()
  expect(existsSync(journal)).toBe(true)
  const next = await root.open()
  expect(await next.connectListAllDomains()).toMatchObject([{ name: 'a' }])
})

test('title, description and elements of one’s own are set and removed, live and stored', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  await hypervisor.domainCreate('a', { paused: true })
  const both = { live: true, config: true } as const
  await hypervisor.domainSetMetadata('a', 'title', 'T', both)
  await hypervisor.domainSetMetadata('a', 'description', 'D', { config: true })
  expect(await hypervisor.domainGetMetadata('a', 'title')).toBe('T')
  await expect(hypervisor.domainGetMetadata('a', 'description')).rejects.toMatchObject({
    code: 'ERR_NO_DOMAIN_METADATA',
  })
  const mine = { uri: 'http://example.org/x', key: 'x', ...both }
  await hypervisor.domainSetMetadata('a', 'element', '<app a="1"><b/></app>', mine)
  await hypervisor.domainSetMetadata('a', 'element', '<o:other xmlns:o="urn:o"/>', {
    ...both,
    uri: 'urn:o',
  })
  const found = await hypervisor.domainGetMetadata('a', 'element', { uri: mine.uri, config: true })
  expect(found).toBe('<x:app xmlns:x="http://example.org/x" a="1"><x:b/></x:app>')
  await hypervisor.domainSetMetadata('a', 'element', '', mine)
  await expect(
    hypervisor.domainGetMetadata('a', 'element', { uri: mine.uri }),
  ).rejects.toMatchObject({ code: 'ERR_NO_DOMAIN_METADATA' })
  expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain('o:other')
  await hypervisor.domainSetMetadata('a', 'title', '', both)
  expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<title>')
})

test('lists show the title that a domain has now', { timeout: 60_000 }, async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', more: '<title>first</title>' }))
  const title = async (): Promise<string | undefined> =>
    (await (await root.open()).connectListAllDomains())[0]?.title
  expect(await title()).toBe('first')
  await hypervisor.domainSetMetadata('a', 'title', 'second')
  expect(await title()).toBe('second')
  await hypervisor.domainCreate('a', { paused: true })
  await hypervisor.domainSetMetadata('a', 'title', 'next time', { config: true })
  expect(await title()).toBe('second')
  await hypervisor.domainSetMetadata('a', 'title', 'now', { live: true })
  expect(await title()).toBe('now')
  await hypervisor.domainSetMetadata('a', 'title', '', { live: true })
  expect(await title()).toBeUndefined()
  await hypervisor.domainDestroy('a')
  expect(await title()).toBe('next time')
  await hypervisor.domainSetMetadata('a', 'title', '')
  expect(await title()).toBeUndefined()
})
