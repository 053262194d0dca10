import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ownIdentity } from '../../src/run/process-identity.ts'
import { openStore } from '../../src/store/index.ts'
import type { Activation, OpenStoreOptions, Store } from '../../src/store/index.ts'
import { definition, uuid } from '../support/definitions.ts'
import { tempDir } from '../support/temp-dir.ts'

async function open(
  options: Partial<OpenStoreOptions> = {},
): Promise<{ store: Store; path: string }> {
  const path = options.path ?? join(tempDir(), 'state', 'polyvirt.db')
  const store = await openStore({ ...options, path })
  onTestFinished(() => store.close())
  return { store, path }
}

const run = (id: number, of: string = uuid(1)): Activation => ({
  uuid: of,
  id,
  process: { pid: 4711, startTime: 12, bootId: 'boot' },
  xml: '<domain id="1"/>',
  argv: ['qemu', '-name', 'guest=a,,b'],
  stateDir: '/run/d1',
  log: '/log/a',
  emulator: '/usr/bin/qemu',
  monitor: '/run/d1/qmp',
  state: 'running',
  reason: 'booted',
})

describe('definitions', () => {
  test('what is defined comes back as plain data', async () => {
    const { store } = await open({ now: () => 1000 })
    const title = "it's; DROP TABLE domains --"
    expect(store.define({ ...definition('a', uuid(1)), title })).toEqual({
      replaced: false,
      domain: {
        ...definition('a', uuid(1)),
        title,
        autostart: false,
        persistent: true,
        createdAtMs: 1000,
        updatedAtMs: 1000,
      },
    })
    expect(structuredClone(store.list())).toEqual([{ domain: store.get(uuid(1))?.domain }])
  })

  test('a redefinition replaces, keeping autostart and the time it was made', async () => {
    let now = 1000
    const { store } = await open({ now: () => now })
    store.define({ ...definition('a', uuid(1)), title: 'old' })
    store.setAutostart(uuid(1), true)
    now = 2000
    const { domain, replaced } = store.define(definition('a', uuid(1), '<new/>'))
    expect(replaced).toBe(true)
    expect(domain).toMatchObject({
      xml: '<new/>',
      autostart: true,
      createdAtMs: 1000,
      updatedAtMs: 2000,
    })
    expect(domain.title).toBeUndefined()
  })

  test('B-28 the same name or the same UUID as another is refused in libvirt’s words', async () => {
    const { store } = await open()
    store.define(definition('a', uuid(1)))
    store.define(definition('b', uuid(2)))
    const before = store.list()
    for (const define of [store.define, store.defineTransient]) {
      expect(() => define(definition('a', uuid(3)))).toThrow(
        `operation failed: domain 'a' already exists with uuid ${uuid(1)}`,
      )
      expect(() => define(definition('c', uuid(1)))).toThrow(
        `operation failed: domain 'a' is already defined with uuid ${uuid(1)}`,
      )
      expect(() => define(definition('b', uuid(1)))).toThrow(`'a' is already defined`)
    }
    expect(store.list()).toEqual(before)
  })

  test('N-24 N-25 odd names are different names', async () => {
    const { store } = await open()
    const names = ['__proto__', 'a', 'A', '\u00e9', 'e\u0301', '123', '%_', '..', 'a\u202e']
    for (const [index, name] of names.entries()) store.define(definition(name, uuid(index)))
    for (const [index, name] of names.entries()) {
      expect(store.lookup(name)?.domain.uuid).toBe(uuid(index))
    }
  })

  test('a domain is looked up by id, then UUID, then name', async () => {
    const { store } = await open()
    store.define(definition('one', uuid(1)))
    store.define(definition('7', uuid(2)))
    store.define(definition(uuid(1), uuid(3)))
    expect(store.lookup('7')?.domain.uuid).toBe(uuid(2))
    store.activate(run(7))
    expect(store.lookup('7')?.domain.uuid).toBe(uuid(1))
    expect(store.lookup(uuid(1))?.domain.name).toBe('one')
    expect(store.lookup(uuid(1).toUpperCase())?.domain.name).toBe('one')
    for (const nobody of ['', '0', '-1', '07', '1e1', 'ONE', '99999999999999999999']) {
      expect(store.lookup(nobody)).toBeUndefined()
    }
  })

  test('active domains come first, by id; the others by name', async () => {
    const { store } = await open()
    for (const [index, name] of ['d', 'c', 'b', 'a'].entries()) {
      store.define(definition(name, uuid(index)))
    }
    store.activate(run(12, uuid(1)))
    store.activate(run(3, uuid(0)))
    expect(store.list().map(({ domain }) => domain.name)).toEqual(['d', 'c', 'a', 'b'])
  })

  test('a glance shows all of a list but its long texts', async () => {
    const { store } = await open()
    store.define({ ...definition('ran', uuid(0)), title: 't' })
    store.define(definition('runs', uuid(1)))
    store.define(definition('transient', uuid(2)))
    store.activate({ ...run(3, uuid(0)), facts: { cgroup: 'c' } })
    store.deactivate({ uuid: uuid(0), id: 3 }, 'shut off', 'crashed')
    store.activate({ ...run(4, uuid(1)), facts: { unplugging: [{ alias: 'a', leftovers: [] }] } })
    store.activate(run(5, uuid(2)))
    store.undefine(uuid(2))
    store.beginJob(uuid(1), 'attach')
    const short = store.list().map(({ domain: { xml: _xml, ...domain }, active, ...rest }) => {
      if (active === undefined) return { ...rest, domain }
      const { xml: _live, argv: _argv, ...run } = active
      return { ...rest, domain, active: run }
    })
    expect(store.glance()).toEqual(short)
    expect(short.map(({ domain, job }) => [domain.name, domain.persistent, job?.kind])).toEqual([
      ['runs', true, 'attach'],
      ['transient', false, undefined],
      ['ran', true, undefined],
    ])
  })

  test('undefining removes; a running domain becomes transient and goes when it stops', async () => {
    const { store } = await open()
    store.define(definition('a', uuid(1)))
    store.define(definition('b', uuid(2)))
    store.activate(run(1))
    store.setAutostart(uuid(1), true)
    store.undefine(uuid(1))
    store.undefine(uuid(2))
    expect(store.list()).toMatchObject([
      { domain: { name: 'a', persistent: false, autostart: false } },
    ])
    expect(store.get(uuid(1))?.domain.xml).toBeUndefined()
    expect(() => store.undefine(uuid(1))).toThrow('cannot undefine transient domain')
    expect(() => store.setAutostart(uuid(1), true)).toThrow('cannot set autostart for transient')
    expect(store.deactivate({ uuid: uuid(1), id: 1 }, 'shut off', 'shutdown')).toBe(true)
    expect(store.list()).toEqual([])
    expect(() => store.undefine(uuid(1))).toThrow(
      `Domain not found: no domain with matching uuid '${uuid(1)}'`,
    )
  })

  test('a transient domain can be made persistent while it runs', async () => {
    const { store } = await open()
    expect(store.defineTransient(definition('a', uuid(1))).persistent).toBe(false)
    store.activate(run(1))
    expect(() => store.defineTransient(definition('a', uuid(1)))).toThrow(
      "Requested operation is not valid: domain 'a' is already active",
    )
    expect(store.define(definition('a', uuid(1))).replaced).toBe(false)
    store.deactivate({ uuid: uuid(1), id: 1 }, 'shut off', 'destroyed')
    expect(store.get(uuid(1))).toMatchObject({ domain: { persistent: true } })
  })
})

describe('runs', () => {
  test('a run is recorded, changed and ended', async () => {
    const { store } = await open({ now: () => 5 })
    store.define(definition('a', uuid(1)))
    const id = store.allocateId()
    const active = store.activate(run(id))
    expect(active).toEqual({ ...run(id), startedAtMs: 5, stateAtMs: 5, facts: {} })
    expect(() => store.activate(run(9))).toThrow('domain is already running')
    expect(store.setState(active, 'paused', 'user')).toBe(true)
    expect(store.setLiveXml(active, '<live/>')).toBe(true)
    expect(store.get(uuid(1))?.active).toMatchObject({
      state: 'paused',
      reason: 'user',
      xml: '<live/>',
    })
    expect(store.get(uuid(1))?.lastState).toBeUndefined()
    expect(store.deactivate(active, 'shut off', 'destroyed')).toBe(true)
    expect(store.get(uuid(1))).toEqual({
      domain: expect.objectContaining({ name: 'a' }),
      lastState: { state: 'shut off', reason: 'destroyed', stateAtMs: 5 },
    })
    expect(store.allocateId()).toBeGreaterThan(id)
  })

  test('who comes late for an earlier run changes nothing of the next', async () => {
    const { store } = await open()
    store.define(definition('a', uuid(1)))
    const first = store.activate(run(1))
    expect(store.deactivate(first, 'shut off', 'crashed')).toBe(true)
    const second = store.activate(run(2))
    expect(store.deactivate(first, 'shut off', 'destroyed')).toBe(false)
    expect(store.setState(first, 'paused', 'user')).toBe(false)
    expect(store.setLiveXml(first, 'x')).toBe(false)
    expect(store.get(uuid(1))?.active).toEqual(second)
  })

  test('a start that failed is remembered; a transient domain that never ran is forgotten', async () => {
    const { store } = await open({ now: () => 5 })
    store.define(definition('a', uuid(1)))
    expect(store.setLastState(uuid(1), 'shut off', 'failed')).toBe(true)
    expect(store.get(uuid(1))?.lastState).toEqual({
      state: 'shut off',
      reason: 'failed',
      stateAtMs: 5,
    })
    expect(store.forgetTransient(uuid(1))).toBe(false)
    store.activate(run(1))
    expect(store.setLastState(uuid(1), 'shut off', 'failed')).toBe(false)
    store.defineTransient(definition('b', uuid(2)))
    expect(store.forgetTransient(uuid(2))).toBe(true)
    expect(store.forgetTransient(uuid(2))).toBe(false)
    expect(store.get(uuid(2))).toBeUndefined()
  })

  test('a run of nobody is refused', async () => {
    const { store } = await open()
    expect(() => store.activate(run(1))).toThrow('no domain with matching uuid')
  })
})

describe('jobs', () => {
  test('a domain has one job at a time; the error says whose, what and since when', async () => {
    let now = 10_000
    const { store } = await open({ now: () => now })
    store.define(definition('a', uuid(1)))
    const job = store.beginJob(uuid(1), 'start', { detail: { stateDir: '/run/x' } })
    store.setPhase(job, 'spawn')
    now = 13_000
    expect(() => store.beginJob(uuid(1), 'destroy')).toThrow(
      `resource busy: domain 'a' is held by pid ${process.pid}, which does 'start' (phase 'spawn') since 3 s`,
    )
    expect(store.get(uuid(1))?.job).toEqual({
      uuid: uuid(1),
      kind: 'start',
      phase: 'spawn',
      owner: ownIdentity(),
      startedAtMs: 10_000,
      detail: { stateDir: '/run/x' },
    })
    store.setPhase(job, 'cont', { pid: 5 })
    expect(store.get(uuid(1))?.job?.detail).toEqual({ pid: 5 })
    expect(store.interruptedJobs()).toEqual([])
    store.beginJob(uuid(2), 'define')
    store.endJob(job)
    expect(() => store.endJob(job)).toThrow(`the job 'start' of ${uuid(1)} is not held`)
    expect(() => store.setPhase(job, 'x')).toThrow('is not held')
    store.endJob(store.beginJob(uuid(1), 'destroy'))
  })

  test('the job of a dead owner is handed over once; the dead cannot go on with it', async () => {
    const { store, path } = await open()
    const dead = { ...ownIdentity(), startTime: 1 }
    const { store: ghost } = await open({ path, owner: dead })
    const lost = ghost.beginJob(uuid(1), 'start', { phase: 'spawn', detail: { pid: 7 } })
    expect(store.interruptedJobs()).toMatchObject([{ kind: 'start', owner: dead }])
    const job = store.beginJob(uuid(1), 'destroy')
    expect(job.interrupted).toMatchObject({ kind: 'start', phase: 'spawn', detail: { pid: 7 } })
    expect(() => ghost.setPhase(lost, 'cont')).toThrow('is not held')
    expect(store.interruptedJobs()).toEqual([])
    store.endJob(job)
    expect(store.beginJob(uuid(1), 'start').interrupted).toBeUndefined()
  })

  test('what a dead owner left stays recorded until it is settled, or other work says how far it is', async () => {
    const { store, path } = await open()
    const dead = { ...ownIdentity(), startTime: 1 }
    const { store: ghost } = await open({ path, owner: dead })
    const recorded = (): unknown => store.jobs().map(({ kind, phase, detail }) => [kind, phase, detail]) // prettier-ignore
    const left = ['save', 'stream', { file: '/f' }]
    ghost.beginJob(uuid(1), 'save', { phase: 'stream', detail: { file: '/f' } })
    const { store: second } = await open({ path, owner: { ...dead, startTime: 2 } })
    second.beginJob(uuid(1), 'dump')
    const job = store.beginJob(uuid(1), 'start')
    expect(job.interrupted).toMatchObject({ kind: 'save', detail: { file: '/f' } })
    expect(recorded()).toEqual([left])
    store.leaveJob(job)
    const next = store.beginJob(uuid(1), 'start')
    expect(recorded()).toEqual([left])
    store.settled(next)
    expect(recorded()).toEqual([['start', 'begin', {}]])
    store.setPhase(next, 'spawn', { id: 1 })
    store.setPhase(next, 'cont')
    expect(recorded()).toEqual([['start', 'cont', { id: 1 }]])
    store.endJob(next)
    ghost.beginJob(uuid(1), 'save', { detail: { file: '/f' } })
    // Its own phase with nothing beside it is none of the dead one's.
    store.setPhase(store.beginJob(uuid(1), 'dump'), 'dump')
    expect(recorded()).toEqual([['dump', 'dump', {}]])
  })

  test('a change that waits for nobody is made whole, or not where somebody holds the domain', async () => {
    const { store } = await open()
    const change = (title: string) => (): void =>
      void store.define({ ...definition('a', uuid(1)), title })
    expect(store.whileFree(uuid(1), change('a'))).toBe(true)
    const failing = (): void => {
      change('b')()
      throw new Error('half way')
    }
    expect(() => store.whileFree(uuid(1), failing)).toThrow('half way')
    const job = store.beginJob(uuid(1), 'start')
    expect(store.whileFree(uuid(1), change('c'))).toBe(false)
    store.endJob(job)
    expect(store.get(uuid(1))?.domain.title).toBe('a')
  })
})

describe('the file', () => {
  test('G18 is 0600 in a 0700 directory, journals too, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      const { store, path } = await open()
      store.define(definition('a', uuid(1)))
      const dir = dirname(path)
      expect(statSync(dir).mode & 0o777).toBe(0o700)
      expect(readdirSync(dir).length).toBe(3)
      for (const file of readdirSync(dir))
        expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })

  test('changes of another connection are noticed, and are there', async () => {
    const { store, path } = await open()
    const { store: other } = await open({ path })
    const before = store.foreignChanges()
    expect(store.foreignChanges()).toBe(before)
    other.define(definition('a', uuid(1)))
    expect(store.foreignChanges()).not.toBe(before)
    expect(store.list()).toHaveLength(1)
  })

  test('what is left to the end of the process keeps its journal, and the next one finds all', async () => {
    const { store, path } = await open()
    store.define(definition('a', uuid(1)))
    store.leave()
    const journal = statSync(`${path}-wal`).ino
    // As a process that has ended leaves it: another one has no part in the first one's locks.
    const next = await open({ path })
    expect(next.store.list().map(({ domain }) => domain.name)).toEqual(['a'])
    next.store.define(definition('b', uuid(2)))
    next.store.close()
    expect(statSync(`${path}-wal`).ino).toBe(journal)
    store.close()
    expect(readdirSync(dirname(path))).toEqual(['polyvirt.db'])
  })

  test('a journal goes to the database long before it is as long as what is read at once', async () => {
    const { store, path } = await open()
    for (let n = 0; n < 600; n++) store.define(definition(`d${n}`, uuid(n), 'x'.repeat(2000)))
    expect(statSync(`${path}-wal`).size).toBeLessThan(1.5 * 2 ** 20)
    expect(store.list()).toHaveLength(600)
  })

  test('S-07 a database of a newer version is refused and left alone', async () => {
    const { store, path } = await open()
    store.close()
    const raw = new DatabaseSync(path)
    raw.exec('PRAGMA user_version = 99')
    raw.close()
    await expect(openStore({ path })).rejects.toThrow(
      /Operation not supported: the state database '.*' was written by a newer polyvirt \(schema 99, this one knows \d+\)/,
    )
  })

  test.each<[string, (path: string) => void, RegExp]>([
    ['garbage', (path) => writeFileSync(path, 'x'.repeat(8192), { mode: 0o600 }), /is no database/],
    [
      'another program’s',
      (path) => {
        const raw = new DatabaseSync(path)
        raw.exec('CREATE TABLE bookmarks (url)')
        raw.close()
        chmodSync(path, 0o600)
      },
      /is a database of another program/,
    ],
    [
      'open to others',
      (path) => writeFileSync(path, '', { mode: 0o644 }),
      /is open to other users/,
    ],
    ['a link', (path) => symlinkSync('/etc/passwd', path), /cannot open .*ELOOP/],
    ['a directory', (path) => mkdirSync(path), /cannot open .*EISDIR/],
  ])('S-07 S-16 a file that is %s is refused and left alone', async (_, make, text) => {
    const path = join(tempDir(), 'polyvirt.db')
    make(path)
    const before = statSync(path)
    await expect(openStore({ path })).rejects.toThrow(text)
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs)
    expect(statSync(path).size).toBe(before.size)
  })

  test('M-01 a directory that others can enter is refused', async () => {
    const dir = join(tempDir(), 'open')
    mkdirSync(dir)
    chmodSync(dir, 0o755)
    await expect(openStore({ path: join(dir, 'db') })).rejects.toThrow(/open to other users/)
    expect(readdirSync(dir)).toEqual([])
  })

  test('damage inside is told, not crashed on', async () => {
    const { store, path } = await open()
    for (let n = 0; n < 200; n++) store.define(definition(`d${n}`, uuid(n), 'x'.repeat(1000)))
    store.close()
    const copy = join(tempDir(), 'copy.db')
    copyFileSync(path, copy)
    const bytes = Buffer.alloc(4096, 0xff)
    const { openSync, writeSync, closeSync } = await import('node:fs')
    const fd = openSync(copy, 'r+')
    for (let page = 30; page < 60; page++) writeSync(fd, bytes, 0, bytes.length, page * 4096)
    closeSync(fd)
    const { store: damaged } = await open({ path: copy })
    expect(() => damaged.list()).toThrow(/is damaged: move it away/)
  })
})

test('images are free with the run that used them, and with a start that died', async () => {
  const { store } = await open()
  const image = { device: '1', inode: '2', path: '/x', writes: true, shared: false }
  store.define(definition('a', uuid(1)))
  store.define(definition('b', uuid(2)))
  const run1 = store.activate(run(1))
  store.claimImages(run1, [image])
  expect(store.claimImages({ uuid: uuid(2), id: 2 }, [image])?.run).toEqual({
    uuid: uuid(1),
    id: 1,
  })
  store.deactivate(run1, 'shut off', 'shutdown')
  expect(store.claimImages({ uuid: uuid(2), id: 2 }, [image])).toBeUndefined()
  // That one has neither a run nor a job.
  store.rememberOwner({ ...image, uid: 5, gid: 6 })
  const given: number[] = []
  store.returnImages(({ uid }) => given.push(uid) > 0)
  expect(given).toEqual([5])
  expect(store.imagesOf({ uuid: uuid(2), id: 2 })).toEqual([])
})

test('a call that outlives its connection is told so, and in no words of the database', async () => {
  const { store } = await open()
  store.define(definition('a', uuid(1)))
  store.close()
  for (const late of [
    () => store.list(),
    () => store.define(definition('b', uuid(2))),
    () => store.foreignChanges(),
  ]) {
    expect(late).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_CONN',
        message: 'the connection is closed: await every call before it is closed',
      }),
    )
  }
  expect(() => store.close()).not.toThrow()
})
