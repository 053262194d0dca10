import { existsSync, statSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readDocument, required, text, writeDocument } from '../../src/driver/index.ts'
import type { Drivers, NetworkDriver, StorageDriver, XmlFields } from '../../src/driver/index.ts'
import type { DomainError } from '../../src/errors.ts'
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { realRegistry } from '../support/real-arch.ts'
import { tempDir } from '../support/temp-dir.ts'

interface Net {
  readonly name: string
  readonly uuid: string
}
const fields: XmlFields<Net> = { name: required(text('name')), uuid: required(text('uuid')) }
const kind = { root: 'network', fields }

async function open(dir: string, drivers?: Drivers): Promise<Hypervisor> {
  const uri = `qemu:///embed?root=${dir}`
  const hypervisor = await openHypervisor(uri, {
    registry: realRegistry,
    ...(drivers && { drivers }),
  })
  onTestFinished(() => hypervisor.close())
  return hypervisor
}

/** A network driver of a few lines, on the door that others are made with. */
const drivers: Drivers = {
  network: (context) =>
    Promise.resolve({
      networkDefineXml: async (xml, options) => {
        const { value, warnings } = readDocument(xml, kind, options)
        await context.hold(value.uuid, 'define', async () => {
          context.documents.put({ ...value, xml: writeDocument(value, kind) })
        })
        return { network: context.documents.lookup(value.name), warnings }
      },
      networkListAll: async () => context.documents.list(),
      networkGetXmlDesc: async (name) => context.documents.lookup(name).xml ?? '',
    } as Partial<NetworkDriver> as NetworkDriver),
  storage: () =>
    Promise.resolve({
      async *storageVolDownload() {
        yield Buffer.from('abc')
      },
    } as Partial<StorageDriver> as StorageDriver),
}

const document = `<network>
  <name>lab</name>
  <uuid>11111111-2222-3333-4444-555555555555</uuid>
  <nmae/>
</network>`

describe('a connection without drivers', () => {
  it('says which package keeps networks and storage pools', async () => {
    const hypervisor = await open(tempDir())
    const asked = [
      hypervisor.networkListAll(),
      hypervisor.storagePoolLookup('default'),
      hypervisor.storageVolDownload({ path: '/x' })[Symbol.asyncIterator]().next(),
    ]
    const said = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)))
    expect(said.map((one) => (one as DomainError).code)).toEqual(Array(3).fill('ERR_NO_SUPPORT'))
    expect(String(said[0])).toContain(
      'networks are kept by @polyvirt/network, which is not installed: npm install @polyvirt/network',
    )
  })
})

describe('a driver', () => {
  it('keeps documents in the store, where the next connection finds them', async () => {
    const dir = tempDir()
    const first = await open(dir, drivers)
    const { warnings } = await first.networkDefineXml(document)
    expect(warnings).toMatchObject([
      { root: 'network', path: 'nmae', place: { line: 4, column: 3 } },
    ])
    const second = await open(dir, drivers)
    expect(await second.networkListAll()).toMatchObject([{ name: 'lab', active: false }])
    expect(await second.networkGetXmlDesc('lab')).toBe(
      '<network>\n  <name>lab</name>\n  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n</network>\n',
    )
  })

  it('is told of the place in its own document, not in a domain', async () => {
    const hypervisor = await open(tempDir(), drivers)
    await expect(hypervisor.networkDefineXml(document, { validate: true })).rejects.toThrow(
      "line 4:3: /network/nmae: unknown element <nmae> is ignored; did you mean 'name'?",
    )
  })

  it('is opened when it is first asked, with folders that nobody else can enter', async () => {
    const dir = tempDir()
    const hypervisor = await open(dir, drivers)
    expect(existsSync(`${dir}/lib/network`)).toBe(false)
    await hypervisor.networkListAll()
    for (const folder of ['lib/network', 'run/network'])
      expect(statSync(`${dir}/${folder}`).mode & 0o777).toBe(0o700)
  })

  it('gives bytes as they are taken', async () => {
    const hypervisor = await open(tempDir(), drivers)
    const taken: Uint8Array[] = []
    for await (const piece of hypervisor.storageVolDownload({ path: '/x' })) taken.push(piece)
    expect(Buffer.concat(taken).toString()).toBe('abc')
  })
})
