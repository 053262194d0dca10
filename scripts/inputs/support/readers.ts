import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { entries } from './entries.ts'
import type { Surroundings } from './entries.ts'
import { guestXml } from './guest-xml.ts'
import { openTestbed } from './testbed.ts'
import type { CliAnswer, Testbed } from './testbed.ts'

/** A testbed with all that the commands of {@link entries} refer to. */
export interface Readers extends Testbed {
  readonly around: Surroundings
  /** Has one of {@link entries} read a document, and answer as JSON. */
  read(entry: string, document: string | Uint8Array): Promise<CliAnswer>
  /** Away with every domain that a test made, also one that failed in the middle. */
  reset(): Promise<void>
}

/** Those of {@link entries} that take a whole definition and plan it. */
export const definitionEntries = [
  'define',
  'create',
  'domxml-to-native',
  'explain',
  'can-migrate',
] as const

/** The domain whose devices and snapshots are asked for. */
export const offName = 'off'

export async function openReaders(): Promise<Readers> {
  const testbed = await openTestbed()
  const { hypervisor, file } = testbed
  mkdirSync(file('documents'))
  const put = (name: string, content: string | Uint8Array): string => {
    const path = file(`documents/${name}`)
    writeFileSync(path, content)
    return path
  }
  await hypervisor.domainDefineXml(guestXml({ name: `<name>${offName}</name>` }))
  for (const name of ['saved', 'imaged']) {
    await hypervisor.domainDefineXml(guestXml({ name: `<name>${name}</name>` }))
    await hypervisor.domainCreate(name, { paused: true })
  }
  await hypervisor.domainManagedSave('saved')
  const kept = new Set([offName, 'saved', 'imaged'])
  const around = {
    image: file('documents/image.save'),
    whole: put('whole.xml', guestXml({ name: '<name>whole</name>' })),
    capabilities: put('capabilities.xml', await hypervisor.connectGetCapabilities()),
  }
  await hypervisor.domainSave('imaged', around.image)
  return {
    ...testbed,
    around,
    async reset() {
      for (const { name, uuid, id } of await hypervisor.connectListAllDomains()) {
        if (id !== undefined) await hypervisor.domainDestroy(uuid)
        if (!kept.has(name)) await hypervisor.domainUndefine(uuid).catch(() => undefined)
      }
    },
    async read(entry, document) {
      const found = entries[entry]
      if (found === undefined) throw new Error(`no entry ${entry}`)
      const path = put('given.xml', document)
      try {
        return await testbed.cli(['--json', ...found.words(path, around)])
      } finally {
        rmSync(path)
      }
    },
  }
}
