import { readdirSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failure, openIn, openPool, poolXml, raw, tempDir, volumeXml } from './support/open.ts'

/** Names that a document can hold, and no volume or pool may have. */
const hostile = [
  '.',
  '..',
  'a/b',
  '../../x',
  '/abs',
  'a&#10;b',
  'a&#9;b',
  'a&#13;b',
  'a&#127;b',
  'a&#x85;b',
  '',
  '  ',
  ' a',
  'a ',
  'a&#x202e;b',
  'a&#x200b;b',
  'x'.repeat(251),
  '\u{1f600}'.repeat(100),
]

/** Names that are odd and harmless: each is one file, and an argument of no program. */
const odd = [
  '-x',
  '--help',
  'a,b=c',
  'file:x',
  'nbd:127.0.0.1:1',
  'json:{}',
  '%s%n',
  '$(id)',
  '`id`;',
  '*?[a]',
  `q'"<x>&`,
  'back\\slash',
  '.hidden',
  '__proto__',
  '123',
  'é',
]

const escape = (text: string): string =>
  text.replace(/[&<]/g, (c) => (c === '&' ? '&amp;' : '&lt;'))

describe('names of volumes', () => {
  it('are never paths: what could be one is refused before a file is touched', async () => {
    const { hypervisor, dir, path } = await openPool()
    const before = readdirSync(dir)
    for (const name of hostile) {
      const { code, message } = await failure(
        hypervisor.storageVolCreateXml('images', volumeXml(name, raw)),
      )
      expect(code, name).toBe('ERR_XML_ERROR')
      expect(message).toContain('/volume/name: the name')
      expect(Buffer.byteLength(message)).toBeLessThan(4096)
    }
    expect(readdirSync(dir)).toEqual(before)
    expect(readdirSync(path)).toEqual([])
  })

  it(
    'that are odd are made, found, listed, and deleted as they are',
    { timeout: 120_000 },
    async () => {
      const { hypervisor, path } = await openPool()
      for (const name of odd) {
        const document = volumeXml(escape(name), `${raw}<target><format type='qcow2'/></target>`)
        const { volume } = await hypervisor.storageVolCreateXml('images', document)
        expect(volume).toMatchObject({ name, path: `${path}/${name}`, format: 'qcow2' })
      }
      const listed = await hypervisor.storageVolListAll('images')
      expect(listed.map((one) => one.name).toSorted()).toEqual(odd.toSorted())
      for (const name of odd) {
        await hypervisor.storageVolResize({ pool: 'images', name }, 2 ** 21)
        await hypervisor.storageVolDelete({ path: `${path}/${name}` })
      }
      expect(readdirSync(path)).toEqual([])
    },
  )

  it('are looked up only inside of their pool', async () => {
    const { hypervisor, dir } = await openPool()
    writeFileSync(`${dir}/outside`, 'secret')
    for (const name of ['../outside', '..', '.', `${dir}/outside`, '']) {
      const { code } = await failure(hypervisor.storageVolLookup({ pool: 'images', name }))
      expect(code, name).toBe('ERR_NO_STORAGE_VOL')
    }
    for (const path of [`${dir}/outside`, `${dir}/images/../outside`, 'x', '']) {
      const { code } = await failure(hypervisor.storageVolLookup({ path }))
      expect(code, path).toBe('ERR_NO_STORAGE_VOL')
    }
  })

  it('of links are shown, and nothing is written through them', async () => {
    const { hypervisor, dir, path } = await openPool()
    writeFileSync(`${dir}/outside`, 'kept')
    symlinkSync(`${dir}/outside`, `${path}/link`)
    symlinkSync(`${dir}/nowhere`, `${path}/dangling`)
    mkdirSync(`${path}/folder`)
    const names = (await hypervisor.storageVolListAll('images')).map(({ name }) => name)
    expect(names).toEqual(['folder', 'link'])
    const volume = { pool: 'images', name: 'link' }
    for (const call of [
      () => hypervisor.storageVolWipe(volume),
      () => hypervisor.storageVolResize(volume, 4096),
      () => hypervisor.storageVolUpload(volume, (async function* () {})()),
    ]) {
      expect((await failure(call())).message).toContain(`volume 'link' is a link`)
    }
    await hypervisor.storageVolDelete(volume)
    expect(readdirSync(dir)).toContain('outside')
    expect(readdirSync(path).toSorted()).toEqual(['dangling', 'folder'])
  })
})

describe('names of pools', () => {
  it('are never paths', async () => {
    const hypervisor = await openIn(tempDir())
    for (const name of hostile) {
      const { code } = await failure(hypervisor.storagePoolDefineXml(poolXml('/srv/x', name)))
      expect(code, name).toBe('ERR_XML_ERROR')
    }
  })
})
