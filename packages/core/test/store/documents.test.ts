import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import type { DocumentStore, Store } from '../../src/store/index.ts'
import { openDatabase } from '../../src/store/database.ts'
import { tempDir } from '../support/temp-dir.ts'

const uuid = '11111111-2222-3333-4444-555555555555'
const other = '99999999-2222-3333-4444-555555555555'
const words = { kind: 'network', what: 'network', missing: 'ERR_NO_NETWORK' } as const

async function open(path = join(tempDir(), 'db')): Promise<{ path: string; store: Store }> {
  const store = await openStore({ path })
  onTestFinished(() => store.close())
  return { path, store }
}

async function networks(): Promise<DocumentStore> {
  return (await open()).store.documents(words).documents
}

describe('documents that a driver keeps', () => {
  it('are found by UUID and by name, and listed by name', async () => {
    const store = await networks()
    store.put({ uuid, name: 'zoo', xml: '<network/>' })
    store.put({ uuid: other, name: 'lab', xml: '<network/>' })
    expect(store.list().map(({ name }) => name)).toEqual(['lab', 'zoo'])
    expect(store.lookup(uuid.toUpperCase())).toMatchObject({ name: 'zoo', persistent: true })
    expect(store.lookup('lab')).toMatchObject({ uuid: other, active: false, autostart: false })
    expect(() => store.lookup('nope')).toThrow(
      "Network not found: no network with matching name 'nope'",
    )
  })

  it('never take the name or the UUID of another one', async () => {
    const store = await networks()
    store.put({ uuid, name: 'lab', xml: '<network/>' })
    expect(() => store.put({ uuid: other, name: 'lab', xml: '<x/>' })).toThrow(
      `network 'lab' already exists with uuid ${uuid}`,
    )
    expect(() => store.put({ uuid, name: 'zoo', xml: '<x/>' })).toThrow(
      `network 'lab' is already defined with uuid ${uuid}`,
    )
    expect(store.lookup('lab').xml).toBe('<network/>')
  })

  it('of another kind have names of their own', async () => {
    const { store } = await open()
    const pools = store.documents({ ...words, kind: 'storage', what: 'storage pool' }).documents
    store.documents(words).documents.put({ uuid, name: 'default', xml: '<network/>' })
    pools.put({ uuid: other, name: 'default', xml: '<pool/>' })
    expect(pools.lookup('default').xml).toBe('<pool/>')
  })

  it('stay active when they are undefined, and are gone when they end', async () => {
    const store = await networks()
    store.put({ uuid, name: 'lab', xml: '<network/>' })
    store.setActive(uuid, { liveXml: '<live/>', facts: { pid: 7 } })
    store.remove(uuid)
    expect(store.lookup('lab')).toMatchObject({
      active: true,
      persistent: false,
      facts: { pid: 7 },
      liveXml: '<live/>',
    })
    expect(store.setActive(uuid, undefined)).toBe(true)
    expect(store.setActive(uuid, undefined)).toBe(false)
    expect(store.find('lab')).toBeUndefined()
  })

  it('are inactive after a reboot, and the transient ones gone', async () => {
    const { path, store } = await open()
    const { documents } = store.documents(words)
    documents.put({ uuid, name: 'lab', xml: '<network/>' })
    documents.setActive(uuid, { liveXml: '<live/>' })
    documents.putTransient({ uuid: other, name: 'short', liveXml: '<live/>' })
    const database = await openDatabase(path)
    onTestFinished(() => database.close())
    database.run(`UPDATE documents SET boot_id = 'an earlier one'`)
    const after = store.documents(words).documents
    expect(after.list()).toMatchObject([{ name: 'lab', active: false, persistent: true }])
  })

  it('are changed by one at a time, and a dead holder says how far it came', async () => {
    const path = join(tempDir(), 'db')
    const dead = { pid: 4_000_000, startTime: 1, bootId: 'gone' }
    const before = await openStore({ path, owner: dead })
    const job = before.documents(words).jobs.beginJob(uuid, 'create')
    before.documents(words).jobs.setPhase(job, 'bridge', { bridge: 'virbr7' })
    before.close()
    const { store } = await open(path)
    const { documents, jobs } = store.documents(words)
    documents.put({ uuid, name: 'lab', xml: '<network/>' })
    const taken = jobs.beginJob(uuid, 'destroy')
    expect(taken.interrupted).toMatchObject({
      kind: 'create',
      phase: 'bridge',
      detail: { bridge: 'virbr7' },
    })
    expect(() => jobs.beginJob(uuid, 'create')).toThrow(/^resource busy: network 'lab' is held/)
    // A network's job is no domain's.
    expect(store.jobs()).toEqual([])
  })
})
