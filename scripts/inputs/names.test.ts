import { readdirSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { badNames, goodNames } from './cases/names.ts'
import { escaped, guestXml } from './support/guest-xml.ts'
import { heldRow, titled } from './support/numbered.ts'
import { offName, openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, expectRefused, uncoloured, unsafe } from './support/refusal.ts'

let bed: Readers
let before: string
beforeAll(async () => {
  bed = await openReaders()
  before = bed.state()
}, 60_000)
afterEach(() => bed.reset(), 60_000)
afterAll(() => bed.dispose(), 60_000)

const named = (name: string): string => guestXml({ name: `<name>${escaped(name)}</name>` })
const snapshot = (name: string): string =>
  `<domainsnapshot>\n<name>${escaped(name)}</name>\n</domainsnapshot>`

/** Where a document of a domain gives its name. */
const definitions = ['define', 'create', 'domxml-to-native', 'explain', 'can-migrate'] as const

describe('N: a name that is refused', () => {
  test.for(titled(badNames))(
    '%s: of a domain',
    heldRow(async ({ name, says, notInXml }) => {
      for (const entry of definitions) {
        const answer = await bed.read(entry, named(name))
        const gate = { says: 'disallowed character', at: `2:${name.indexOf('b') === -1 ? 0 : 9}` }
        expectRefused(answer, notInXml ? gate : { path: 'name', at: '2:1', says })
        expectHarmless(answer.stderr)
      }
      expect(bed.state()).toBe(before)
    }),
  )

  test.for(titled(badNames))(
    '%s: given to a command or to the library',
    heldRow(async ({ name, says }) => {
      const error: unknown = await bed.hypervisor
        .domainRename(offName, name)
        .catch((cause: unknown) => cause)
      expect(error).toMatchObject({ name: 'DomainError', message: expect.stringContaining(says) })
      expectHarmless((error as Error).message)
      // No argument of a process can hold a NUL, so no command line brings one.
      const answer = await bed.cli(['domrename', offName, name])
      expect(answer.code).toBe(1)
      expectHarmless(answer.stderr)
      expect(bed.state()).toBe(before)
    }),
  )

  // An empty one is made up, as by virsh.
  test.for(titled(badNames.filter(({ name }) => name !== '')))(
    '%s: of a snapshot',
    heldRow(async ({ name, says, notInXml }) => {
      const answer = await bed.read('snapshot-create', snapshot(name))
      expectRefused(answer, notInXml ? { says: 'disallowed character' } : { says, at: '2:1' })
      expectHarmless(answer.stderr)
      expect(bed.state()).toBe(before)
    }),
  )

  test.for(titled(badNames))(
    '%s: of a domain that nobody has',
    heldRow(async ({ name }) => {
      for (const verb of ['start', 'dumpxml', 'undefine', 'managedsave-remove']) {
        const answer = await bed.cli([verb, '--domain', name])
        expect(answer.code).not.toBe(0)
        expectHarmless(answer.stderr)
      }
      expect(bed.state()).toBe(before)
    }),
  )
})

describe('N: a name that is accepted', () => {
  test.for(titled(goodNames))(
    '%s: comes back unchanged from every place',
    heldRow(async ({ name }) => {
      const { hypervisor } = bed
      const { domain } = await hypervisor.domainDefineXml(named(name))
      expect(domain.name).toBe(name)
      const dumped = await bed.cli(['dumpxml', domain.uuid])
      const { argv } = await hypervisor.connectDomainXmlToNative(dumped.stdout)
      expect(argv[argv.indexOf('-name') + 1]).toBe(
        `guest=${name.replaceAll(',', ',,')},debug-threads=on`,
      )
      await hypervisor.domainCreate(domain.uuid, { paused: true })
      const listed = JSON.parse((await bed.cli(['--json', 'list', '--all'])).stdout) as unknown
      expect(JSON.stringify(listed)).toContain(JSON.stringify(name))
      const shown = await bed.cli(['list', '--all'], { terminal: true })
      expect(uncoloured(shown.stdout)).not.toMatch(unsafe)
      expect(await hypervisor.domainGetState(domain.uuid)).toMatchObject({ state: 'paused' })
      // By name as well, where an option could be read into it behind `--`.
      const state = await bed.cli(['domstate', '--', name])
      expect(state.code, state.stderr).toBe(0)
      await hypervisor.domainDestroy(domain.uuid)
      await hypervisor.domainUndefine(domain.uuid)
    }),
  )

  test('no name leaves more behind than its log, with no character of it in a path', async () => {
    const left = readdirSync(bed.dir, { recursive: true, encoding: 'utf8' })
    expect(left.filter((path) => /[^\w./%~-]/.test(path))).toEqual([])
    expect(readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))).toEqual([])
  })

  test('N-24 the composed and the decomposed form of a letter are two domains', async () => {
    const names = ['caf\u00e9', 'cafe\u0301']
    for (const name of names) await bed.hypervisor.domainDefineXml(named(name))
    for (const name of names) {
      expect(await bed.hypervisor.domainLookup(name)).toMatchObject({ name })
      await bed.hypervisor.domainUndefine(name)
    }
  })

  test('N-25 a reference is an id before it is a UUID, and a UUID before it is a name', async () => {
    const { hypervisor } = bed
    const { domain } = await hypervisor.domainDefineXml(named('first'))
    const { id } = await hypervisor.domainCreate('first', { paused: true })
    const twins = [String(id), domain.uuid]
    for (const name of twins) {
      await hypervisor.domainDefineXml(named(name))
      expect(await hypervisor.domainLookup(name)).toMatchObject({ name: 'first' })
    }
    await hypervisor.domainDestroy('first')
    expect(await hypervisor.domainLookup(String(id))).toMatchObject({ name: String(id) })
    await hypervisor.domainUndefine('first')
    expect(await hypervisor.domainLookup(domain.uuid)).toMatchObject({ name: domain.uuid })
    for (const name of twins) await hypervisor.domainUndefine(name)
  })

  test('N-26 names that differ in case are two domains, with two logs', async () => {
    const { hypervisor } = bed
    for (const name of ['case', 'CASE']) {
      await hypervisor.domainDefineXml(named(name))
      await hypervisor.domainCreate(name, { paused: true })
    }
    const logs = readdirSync(`${bed.dir}/log`).filter((name) => /^case\.log$/i.test(name))
    expect(logs.toSorted()).toEqual(['CASE.log', 'case.log'])
    for (const name of ['case', 'CASE']) {
      await hypervisor.domainDestroy(name)
      await hypervisor.domainUndefine(name)
    }
  })
})
