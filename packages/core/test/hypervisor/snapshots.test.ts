import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { isAlive } from '../../src/run/process-identity.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { flushDisk, reads, writeDisk } from '../support/guest-disk.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const inSector = /[ER]IP=0+7c0/

/** A guest that sleeps in its boot sector, on a qcow2 image. */
async function defined(root: TestRoot): Promise<{ hypervisor: Hypervisor; image: string }> {
  const hypervisor = await root.open()
  const image = join(root.dir, 'a.qcow2')
  const raw = guestDisk(root.dir, 'still')
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image])
  const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: disk }))
  return { hypervisor, image }
}

const registers = (hypervisor: Hypervisor): Promise<string> =>
  hypervisor.domainQemuMonitorCommand('a', 'info registers', { hmp: true })

/** Whether an image has what `writeDisk` writes as 7, also while a guest runs on it. */
function holdsWritten(image: string): boolean {
  const words = ['-U', '-r', '-f', 'qcow2', '-c', 'read -P 7 64k 64k', image]
  const { stdout } = spawnSync('qemu-io', words, { encoding: 'utf8' })
  expect(stdout).toMatch(/^read 65536/m)
  return !stdout.includes('Pattern verification failed')
}

const named = (name: string): string => `<domainsnapshot><name>${name}</name></domainsnapshot>`

describe('snapshots', () => {
  test('whose deletion nobody lived to write down are deleted by the next who asks', async () => {
    const { hypervisor, image } = await defined(testRoot())
    await hypervisor.domainSnapshotCreateXml('a', named('one'))
    execFileSync('qemu-img', ['snapshot', '-d', 'one', image])
    await hypervisor.domainSnapshotDelete('a', 'one')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
  })

  test('whose deletion could not be written down are gone as soon as it can', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await hypervisor.domainSnapshotCreateXml('a', named('one'))
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    database.exec(
      `CREATE TRIGGER full BEFORE DELETE ON snapshots BEGIN SELECT RAISE(ABORT, 'no space'); END`,
    )
    await expect(hypervisor.domainSnapshotDelete('a', 'one')).rejects.toThrow('next command')
    database.exec('DROP TRIGGER full')
    await hypervisor.connectListAllDomains()
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
    await hypervisor.domainSnapshotCreateXml('a', named('one'))
  })

  test('of a disk that is taken care of by hand are refused until it is said what becomes of it', async () => {
    const { hypervisor } = await defined(testRoot())
    const xml = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainDefineXml(
      xml.replace("device='disk'", "device='disk' snapshot='manual'"),
    )
    await expect(hypervisor.domainSnapshotCreateXml('a', named('one'))).rejects.toThrow(
      "is taken care of by hand in snapshots (snapshot='manual')",
    )
    const said = named('one').replace(
      '</name>',
      "</name><disks><disk name='vda' snapshot='internal'/></disks>",
    )
    await hypervisor.domainSnapshotCreateXml('a', said)
    expect(await hypervisor.domainListAllSnapshots('a')).toHaveLength(1)
  })

  test('without metadata are told of and not remembered', async () => {
    const { hypervisor, image } = await defined(testRoot())
    const inside = await hypervisor.domainSnapshotCreateXml('a', named('in'), { noMetadata: true })
    expect(inside).toMatchObject({ name: 'in', location: 'internal', current: false })
    expect(execFileSync('qemu-img', ['snapshot', '-l', image], { encoding: 'utf8' })).toMatch(
      /\bin\b/,
    )
    await hypervisor.domainCreate('a', { paused: true })
    const options = { diskOnly: true, noMetadata: true }
    const outside = await hypervisor.domainSnapshotCreateXml('a', named('out'), options)
    expect(outside).toMatchObject({ name: 'out', location: 'external', state: 'disk-snapshot' })
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('a.out')
  })

  test('inside the images, of a guest that is off, are a tree that it can go back in', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    for (const name of ['one', 'two', 'three'])
      await hypervisor.domainSnapshotCreateXml('a', named(name))
    const tree = async () =>
      (await hypervisor.domainListAllSnapshots('a')).map(({ name, parent }) => [name, parent])
    expect(await tree()).toEqual([
      ['one', undefined],
      ['two', 'one'],
      ['three', 'two'],
    ])
    await hypervisor.domainRevertToSnapshot('a', 'one')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ reason: 'from snapshot' })
    await hypervisor.domainSnapshotCreateXml('a', named('side'))
    expect(await tree()).toContainEqual(['side', 'one'])
    await hypervisor.domainSnapshotDelete('a', 'two')
    expect(await tree()).toContainEqual(['three', 'one'])
    await expect(hypervisor.domainUndefine('a')).rejects.toThrow('with 3 snapshots')
    await hypervisor.domainSnapshotDelete('a', 'one', { children: true })
    expect(await tree()).toEqual([])
    await expect(hypervisor.domainSnapshotCurrent('a')).rejects.toMatchObject({
      code: 'ERR_NO_DOMAIN_SNAPSHOT',
    })
    await expect(hypervisor.domainSnapshotCreateXml('a', named('../x'))).rejects.toThrow(
      "holds a '/'",
    )
  })

  test('of a running guest hold its memory: it goes on where it was', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await hypervisor.domainCreate('a')
    await until(
      () => registers(hypervisor),
      (text) => inSector.test(text),
      30_000,
    )
    const made = await hypervisor.domainSnapshotCreateXml('a', named('here'))
    expect(made).toMatchObject({ state: 'running', location: 'internal', current: true })
    await hypervisor.domainDestroy('a')
    await hypervisor.domainRevertToSnapshot('a', 'here', { paused: true })
    expect(await registers(hypervisor)).toMatch(inSector)
    await hypervisor.domainRevertToSnapshot('a', 'here')
    expect(await hypervisor.domainGetState('a')).toEqual({
      state: 'running',
      reason: 'from snapshot',
    })
    await hypervisor.domainSnapshotDelete('a', 'here')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
  })

  test('of disks alone are new images above the old ones, in both definitions', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    await expect(
      hypervisor.domainSnapshotCreateXml(
        'a',
        `<domainsnapshot><disks><disk name='vda' snapshot='external'/></disks></domainsnapshot>`,
      ),
    ).rejects.toThrow('--disk-only')
    await hypervisor.domainSnapshotCreateXml('a', named('s1'), { diskOnly: true })
    const overlay = image.replace('.qcow2', '.s1')
    expect(existsSync(overlay)).toBe(true)
    for (const inactive of [false, true]) {
      const xml = await hypervisor.domainGetXmlDesc('a', { inactive })
      expect(xml).toContain(`<source file='${overlay}'`)
      expect(xml).toContain(`<backingStore type='file'`)
    }
    await hypervisor.domainBlockCommit('a', 'vda', { whenReady: 'pivot' })
    for (const inactive of [false, true])
      expect(await hypervisor.domainGetXmlDesc('a', { inactive })).not.toContain(overlay)
    await expect(hypervisor.domainRevertToSnapshot('a', 's1')).rejects.toThrow('blockcommit')
    await hypervisor.domainSnapshotDelete('a', 's1', { metadata: true })
    await expect(
      hypervisor.domainSnapshotCreateXml('a', named('s1'), { diskOnly: true }),
    ).rejects.toThrow('already exists')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
  })
})

const chain = (image: string): readonly string[] => {
  const text = execFileSync('qemu-img', ['info', '-U', '--backing-chain', '--output=json', image], {
    encoding: 'utf8',
  })
  return (JSON.parse(text) as { filename: string }[]).map(({ filename }) => filename)
}

const imageInUse = async (hypervisor: Hypervisor): Promise<string> =>
  /<source file='([^']+)'/.exec(await hypervisor.domainGetXmlDesc('a'))?.[1] ?? ''

const withMemory = (name: string, file: string): string =>
  `<domainsnapshot><name>${name}</name><memory snapshot='external' file='${file}'/></domainsnapshot>`

describe('snapshots with images and memory of their own', () => {
  test('are taken while the guest runs, and it goes on from there: registers, memory and disk', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    await until(
      () => registers(hypervisor),
      (text) => inSector.test(text),
      30_000,
    )
    await writeDisk(hypervisor, 0x11)
    const memory = join(root.dir, 'here.mem')
    const made = await hypervisor.domainSnapshotCreateXml('a', withMemory('here', memory), {
      live: true,
    })
    expect(made).toMatchObject({ state: 'running', location: 'external', current: true })
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await writeDisk(hypervisor, 0x22)
    expect(await reads(root, hypervisor, 0x22)).toBe(true)
    expect(await reads(root, hypervisor, 0x11)).toBe(false)
    const xml = await hypervisor.domainSnapshotGetXmlDesc('a', 'here')
    expect(xml).toContain(`<memory snapshot='external' file='${memory}'/>`)
    await hypervisor.domainRevertToSnapshot('a', 'here')
    expect(await hypervisor.domainGetState('a')).toEqual({
      state: 'running',
      reason: 'from snapshot',
    })
    expect(await registers(hypervisor)).toMatch(inSector)
    expect(await reads(root, hypervisor, 0x11)).toBe(true)
    // Twice: the way back has left the snapshot as it was.
    await writeDisk(hypervisor, 0x33)
    await hypervisor.domainRevertToSnapshot('a', 'here', { paused: true })
    expect(await reads(root, hypervisor, 0x11)).toBe(true)
    expect(chain(await imageInUse(hypervisor))).toHaveLength(2)
    await hypervisor.domainSnapshotDelete('a', 'here')
    for (const gone of [memory, image.replace('.qcow2', '.here')])
      expect(existsSync(gone)).toBe(false)
    expect(await reads(root, hypervisor, 0x11)).toBe(true)
  })

  test.each([
    ['that runs', true],
    ['that is off', false],
  ])('of a guest %s are deleted in any order, and the disk is what it was', async (_, running) => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    for (const [i, name] of ['one', 'two', 'three'].entries()) {
      await writeDisk(hypervisor, 0x11 * (i + 1))
      await hypervisor.domainSnapshotCreateXml('a', named(name), { diskOnly: true })
    }
    await writeDisk(hypervisor, 0x77)
    if (!running) await hypervisor.domainDestroy('a')
    expect(chain(await imageInUse(hypervisor))).toHaveLength(4)
    await hypervisor.domainSnapshotDelete('a', 'two')
    expect(chain(await imageInUse(hypervisor))).toHaveLength(3)
    await hypervisor.domainSnapshotDelete('a', 'three')
    await hypervisor.domainSnapshotDelete('a', 'one')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
    expect(await imageInUse(hypervisor)).toBe(image)
    for (const name of ['one', 'two', 'three'])
      expect(existsSync(image.replace('.qcow2', `.${name}`))).toBe(false)
    if (!running) await hypervisor.domainCreate('a')
    expect(await reads(root, hypervisor, 0x77)).toBe(true)
  })

  test('of a guest that is off are gone back to, and one that others stand on is kept', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await hypervisor.domainCreate('a')
    await writeDisk(hypervisor, 0x11)
    await hypervisor.domainSnapshotCreateXml('a', named('one'), { diskOnly: true })
    await writeDisk(hypervisor, 0x22)
    await hypervisor.domainSnapshotCreateXml('a', named('two'), { diskOnly: true })
    await writeDisk(hypervisor, 0x33)
    await hypervisor.domainRevertToSnapshot('a', 'one')
    expect(await hypervisor.domainGetState('a')).toEqual({
      state: 'shut off',
      reason: 'from snapshot',
    })
    await hypervisor.domainSnapshotCreateXml(
      'a',
      `<domainsnapshot><name>side</name><disks><disk name='vda' snapshot='external'/></disks></domainsnapshot>`,
    )
    const tree = await hypervisor.domainListAllSnapshots('a')
    expect(tree.map(({ name, parent }) => [name, parent])).toEqual([
      ['one', undefined],
      ['two', 'one'],
      ['side', 'one'],
    ])
    await hypervisor.domainRevertToSnapshot('a', 'two', { running: true })
    expect(await reads(root, hypervisor, 0x22)).toBe(true)
    await expect(hypervisor.domainSnapshotDelete('a', 'one')).rejects.toThrow('--metadata')
    await hypervisor.domainRevertToSnapshot('a', 'one', { running: true })
    expect(await reads(root, hypervisor, 0x11)).toBe(true)
  })

  test('that are gone back to again and again leave no image that nothing is on', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    const waysBack = (): readonly string[] =>
      readdirSync(root.dir).filter((name) => /\.REVERT-[0-9a-f]{8}$/.test(name))
    const inUse = async (): Promise<string> => basename(await imageInUse(hypervisor))
    const take = (name: string) =>
      hypervisor.domainSnapshotCreateXml('a', named(name), { diskOnly: true })
    await take('one')
    await hypervisor.domainRevertToSnapshot('a', 'one')
    const first = await inUse()
    await hypervisor.domainRevertToSnapshot('a', 'one', { running: true })
    const second = await inUse()
    expect(second).not.toBe(first)
    expect(waysBack()).toEqual([second])
    await writeDisk(hypervisor, 0x22)
    // It keeps what is below it.
    await take('two')
    await hypervisor.domainRevertToSnapshot('a', 'one')
    const third = await inUse()
    expect(waysBack().toSorted()).toEqual([second, third].toSorted())
    // So does an image of another domain, also where only the image says so.
    const clone = join(root.dir, 'clone.qcow2')
    const of = ['-b', join(root.dir, third), '-F', 'qcow2']
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...of, clone])
    const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${clone}'/><target dev='vda'/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 'b', devices: disk }))
    await hypervisor.domainRevertToSnapshot('a', 'two', { running: true })
    expect(await reads(root, hypervisor, 0x22)).toBe(true)
    const fourth = await inUse()
    expect(waysBack().toSorted()).toEqual([second, third, fourth].toSorted())
    await hypervisor.domainRevertToSnapshot('a', 'one')
    await hypervisor.domainSnapshotDelete('a', 'two')
    const fifth = await inUse()
    expect(waysBack().toSorted()).toEqual([third, fifth].toSorted())
    expect(existsSync(image)).toBe(true)
  })

  test('leave images alone that no way back has made, whatever they are called', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    const take = (name: string, noMetadata: boolean) =>
      hypervisor.domainSnapshotCreateXml('a', named(name), { diskOnly: true, noMetadata })
    await take('one', false)
    await take('backup-20261128', true)
    const own = await imageInUse(hypervisor)
    expect(own).toMatch(/backup-20261128$/)
    await hypervisor.domainRevertToSnapshot('a', 'one')
    expect(existsSync(own)).toBe(true)
  })

  test('of a domain that is forgotten with its guest are not gone back to', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    const xml = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainUndefine('a')
    await hypervisor.domainCreateXml(xml)
    await hypervisor.domainSnapshotCreateXml('a', named('in'))
    await hypervisor.domainSnapshotCreateXml('a', named('out'), { diskOnly: true })
    for (const name of ['in', 'out'])
      await expect(hypervisor.domainRevertToSnapshot('a', name)).rejects.toThrow(
        /transient.*define/,
      )
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainDefineXml(await hypervisor.domainGetXmlDesc('a'))
    await hypervisor.domainRevertToSnapshot('a', 'in')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(await imageInUse(hypervisor)).toBe(image)
  })

  test('that keep an image which is written to say so from that moment on', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    for (const name of ['one', 'two', 'three'])
      await hypervisor.domainSnapshotCreateXml('a', named(name), { diskOnly: true })
    const file = (name: string): string => image.replace('.qcow2', `.${name}`)
    await hypervisor.domainBlockCommit('a', 'vda', { top: file('two'), base: image, wait: true })
    for (const name of ['one', 'two'])
      await expect(hypervisor.domainRevertToSnapshot('a', name)).rejects.toThrow('no whole state')
    // Its image sees all that has gone down.
    await hypervisor.domainRevertToSnapshot('a', 'three')
  })

  test('whose maker died are whole, or nothing of them is left', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    const { uuid } = await hypervisor.domainLookup('a')
    const [memory, overlay] = [join(root.dir, 'm'), image.replace('.qcow2', '.lost')]
    await hypervisor.domainSuspend('a')
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const job = store.beginJob(uuid, 'snapshot-create')
      const made = [overlay, memory, `${memory}.partial`]
      const xml = `<domainsnapshot><name>lost</name><disks><disk name='vda' snapshot='external'/></disks>${store.get(uuid)?.active?.xml ?? ''}</domainsnapshot>`
      const files = [overlay]
      store.setPhase(job, 'snapshot', {
        snapshot: { name: 'lost', xml, files, made, running: true, after: {} },
      })
    }
    for (const file of [memory, overlay]) writeFileSync(file, 'half of it')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    for (const file of [memory, overlay]) expect(existsSync(file)).toBe(false)
    // It was stored, and its maker did not live to let the guest go on.
    await hypervisor.domainSnapshotCreateXml('a', withMemory('kept', memory))
    await hypervisor.domainSuspend('a')
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const job = store.beginJob(uuid, 'snapshot-create')
      const xml = store.snapshot(uuid, 'kept').xml
      const snapshot = { name: 'kept', xml, files: [], made: [memory], running: true, after: {} }
      store.setPhase(job, 'snapshot', { snapshot })
    }
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(existsSync(memory)).toBe(true)
  })

  test.each([
    ['went over to its new image and wrote to it', true],
    ['did not go over to it, or wrote nothing there', false],
  ])('whose maker died with a guest that %s are of one moment with it', async (_, wrote) => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a')
    const { uuid } = await hypervisor.domainLookup('a')
    const path = join(root.dir, 'lib/polyvirt.db')
    using seen = await openStore({ path })
    const before = seen.get(uuid)
    const created = named('s1')
    await hypervisor.domainSnapshotCreateXml('a', created, { diskOnly: true })
    const after = seen.get(uuid)
    if (before?.active === undefined || after?.active === undefined) throw new Error('it runs')
    const { xml } = seen.snapshot(uuid, 's1')
    const overlay = image.replace('.qcow2', '.s1')
    if (wrote) {
      await writeDisk(hypervisor, 7)
      await flushDisk(hypervisor)
    }
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path, owner })
      // He died right behind QEMU's transaction.
      store.removeSnapshot(uuid, 's1')
      const { id } = before.active
      store.change(uuid, {
        live: { id, xml: before.active.xml },
        definition: before.domain.xml ?? '',
      })
      const change = { live: { id, xml: after.active.xml }, definition: after.domain.xml ?? '' }
      store.setPhase(store.beginJob(uuid, 'snapshot-create'), 'snapshot', {
        snapshot: { name: 's1', xml, files: [overlay], running: true, after: change },
      })
    }
    const { process: qemu } = before.active
    process.kill(qemu.pid, 'SIGKILL')
    // One that is ending has no arguments any more, and is there still.
    await until(
      () => isAlive(qemu),
      (alive) => !alive,
    )
    const names = (await hypervisor.domainListAllSnapshots('a')).map(({ name }) => name)
    const definition = await hypervisor.domainGetXmlDesc('a')
    expect(names).toEqual(wrote ? ['s1'] : [])
    expect(existsSync(overlay)).toBe(wrote)
    expect(definition.includes(`'${overlay}'`)).toBe(wrote)
    if (wrote) expect(holdsWritten(overlay)).toBe(true)
    await hypervisor.domainCreate('a')
  })

  test('whose QEMU died over them leave the images sound', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 0 256k', image])
    execFileSync('qemu-img', ['snapshot', '-c', 's1', image])
    // QEMU has counted the clusters of a state that did not come to stand in its table (qcow2: nb_snapshots).
    const file = openSync(image, 'r+')
    writeSync(file, Buffer.alloc(4), 0, 4, 60)
    closeSync(file)
    const isSound = (): boolean =>
      spawnSync('qemu-img', ['check', '-q', '-f', 'qcow2', image]).status === 0
    expect(isSound()).toBe(false)
    const { uuid } = await hypervisor.domainLookup('a')
    const definition = await hypervisor.domainGetXmlDesc('a')
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const xml = `<domainsnapshot><name>s1</name><disks><disk name='vda' snapshot='internal'/></disks>${definition}</domainsnapshot>`
      store.setPhase(store.beginJob(uuid, 'snapshot-create'), 'snapshot', {
        snapshot: { name: 's1', xml, files: [], after: {} },
      })
    }
    await hypervisor.connectListAllDomains()
    expect(isSound()).toBe(true)
    const seen = execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'read -P 7 0 256k', image])
    expect(String(seen)).toContain('read 262144/262144')
  })

  test('that failed leave no image with the guest that is not there', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    const second = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${join(root.dir, 'b.qcow2')}'/><target dev='vdb'/></disk>`
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(root.dir, 'b.qcow2'), '1M'])
    const xml = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainDefineXml(xml.replace('</disk>', `</disk>${second}`))
    await hypervisor.domainCreate('a', { paused: true })
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    const held = (): readonly string[] => {
      const active = store.list()[0]?.active
      return active === undefined ? [] : store.imagesOf(active).map(({ path }) => path)
    }
    const before = held()
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    database.exec(
      `CREATE TRIGGER full BEFORE INSERT ON image_uses WHEN NEW.path LIKE '%/b.%' BEGIN SELECT RAISE(ABORT, 'no space'); END`,
    )
    const taking = hypervisor.domainSnapshotCreateXml('a', named('one'), { diskOnly: true })
    await expect(taking).rejects.toThrow('no space')
    database.exec('DROP TRIGGER full')
    expect(before).toHaveLength(2)
    expect(held()).toEqual(before)
    await hypervisor.domainSnapshotCreateXml('a', named('one'), { diskOnly: true })
    expect(held()).toHaveLength(4)
  })

  test('that a qemu-img goes on making when its caller is dead are taken back behind it', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    const { uuid } = await hypervisor.domainLookup('a')
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const xml = `<domainsnapshot><name>lost</name><disks><disk name='vda' snapshot='internal'/></disks>${store.get(uuid)?.domain.xml ?? ''}</domainsnapshot>`
      const snapshot = { name: 'lost', xml, files: [], after: {} }
      store.setPhase(store.beginJob(uuid, 'snapshot-create'), 'snapshot', { snapshot })
    }
    const words = `sleep 0.7; qemu-img snapshot -c lost '${image}'; exit`
    const slow = ['-c', words, 'snapshot', '-c', 'lost', image]
    const ended = once(spawn('/bin/sh', slow, { argv0: 'qemu-img', stdio: 'ignore' }), 'exit')
    await hypervisor.connectListAllDomains()
    expect(await ended).toEqual([0, null])
    expect(execFileSync('qemu-img', ['snapshot', '-l', image], { encoding: 'utf8' })).toBe('')
  })

  test('go onto images that are there, where that is asked for', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    const [own, missing] = [join(root.dir, 'own.qcow2'), join(root.dir, 'missing.qcow2')]
    const onto = (file: string): string =>
      `<domainsnapshot><name>s</name><disks><disk name='vda'><source file='${file}'/></disk></disks></domainsnapshot>`
    const options = { diskOnly: true, reuseExternal: true }
    await hypervisor.domainCreate('a', { paused: true })
    await expect(
      hypervisor.domainSnapshotCreateXml('a', onto(missing), options),
    ).rejects.toMatchObject({ code: 'ERR_CONFIG_UNSUPPORTED' })
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', image, own])
    await expect(
      hypervisor.domainSnapshotCreateXml('a', onto(own), { diskOnly: true }),
    ).rejects.toThrow('already exists')
    await hypervisor.domainSnapshotCreateXml('a', onto(own), options)
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(own)
  })

  test('are gone back to in the end where the guest was lost on the way', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await hypervisor.domainCreate('a', { paused: true })
    const { uuid } = await hypervisor.domainLookup('a')
    await hypervisor.domainSnapshotCreateXml('a', named('one'), { diskOnly: true })
    await hypervisor.domainSnapshotCreateXml('a', named('two'), { diskOnly: true })
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    const before = await hypervisor.domainGetXmlDesc('a', { inactive: true })
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const active = store.get(uuid)?.active
      if (active === undefined) throw new Error('the guest does not run')
      const { id: ends } = active
      const definition = before.replace('a.two', 'a.back')
      const revert = { name: 'one', files: [join(root.dir, 'a.back')], ends, definition }
      store.setPhase(store.beginJob(uuid, 'snapshot-revert'), 'revert', { revert })
      store.beginEnd(active, 'from snapshot')
    }
    // Whoever had begun to end the guest did not live to see it end.
    await hypervisor.connectListAllDomains()
    expect(root.guests()).toEqual([])
    expect(await hypervisor.domainGetState('a')).toEqual({
      state: 'shut off',
      reason: 'from snapshot',
    })
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('a.back')
    expect(await hypervisor.domainSnapshotCurrent('a')).toMatchObject({ name: 'one' })
  })

  test('inside the images are gone back to in the end, too', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    const { uuid } = await hypervisor.domainLookup('a')
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    const definition = await hypervisor.domainGetXmlDesc('a', { inactive: true })
    const other = definition.replace(/(?<=<name>a<\/name>)/, '<title>other</title>')
    await hypervisor.domainSnapshotCreateXml('a', named('one'))
    for (const runs of [true, false]) {
      await hypervisor.domainDefineXml(other)
      await hypervisor.domainCreate('a', { paused: true })
      await writeDisk(hypervisor, 7)
      await flushDisk(hypervisor)
      if (!runs) await hypervisor.domainDestroy('a')
      {
        using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
        const active = store.get(uuid)?.active
        const revert = {
          name: 'one',
          images: [image],
          definition,
          ...(active && { ends: active.id }),
        }
        store.setPhase(store.beginJob(uuid, 'snapshot-revert'), 'revert', { revert })
        if (active !== undefined) store.beginEnd(active, 'from snapshot')
      }
      expect(holdsWritten(image)).toBe(true)
      await hypervisor.connectListAllDomains()
      expect(root.guests()).toEqual([])
      expect(holdsWritten(image)).toBe(false)
      expect(await hypervisor.domainGetXmlDesc('a')).toBe(definition)
      expect(await hypervisor.domainGetState('a')).toMatchObject({ reason: 'from snapshot' })
    }
  })

  test.each([
    ['inside its images', { diskOnly: false }],
    ['outside', { diskOnly: true }],
  ])('%s are not under memory that was put away since', async (_, how) => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await hypervisor.domainSnapshotCreateXml('a', named('one'), how)
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainManagedSave('a')
    await expect(hypervisor.domainRevertToSnapshot('a', 'one')).rejects.toThrow('requires force')
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(true)
    await expect(
      hypervisor.domainSnapshotCreateXml('a', named('two'), { diskOnly: true }),
    ).rejects.toThrow('managed save')
    if (how.diskOnly)
      await expect(hypervisor.domainSnapshotDelete('a', 'one')).rejects.toThrow('managed save')
    await hypervisor.domainRevertToSnapshot('a', 'one', { force: true })
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(false)
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainSnapshotCreateXml('a', named('live'))
    await hypervisor.domainManagedSave('a')
    await hypervisor.domainRevertToSnapshot('a', 'live')
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(false)
  })

  test('that an image does not hold any more cost nobody a guest that runs', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainSnapshotCreateXml('a', named('one'))
    execFileSync('qemu-img', ['snapshot', '-d', 'one', image])
    await hypervisor.domainCreate('a', { paused: true })
    await expect(hypervisor.domainRevertToSnapshot('a', 'one')).rejects.toThrow(
      'does not hold the state of snapshot',
    )
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
  })

  test('whose memory QEMU cannot take up leave images and definition of one moment', async () => {
    const root = testRoot()
    const { hypervisor, image } = await defined(root)
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainSnapshotCreateXml('a', named('live'))
    await hypervisor.domainDestroy('a')
    // A state of the disk alone has the same name now.
    execFileSync('qemu-img', ['snapshot', '-d', 'live', image])
    execFileSync('qemu-img', ['snapshot', '-c', 'live', image])
    execFileSync('qemu-io', ['-c', 'write -q -P 7 64k 64k', image])
    await expect(hypervisor.domainRevertToSnapshot('a', 'live')).rejects.toThrow(
      'load the snapshot',
    )
    expect(root.guests()).toEqual([])
    expect(holdsWritten(image)).toBe(false)
    expect(await hypervisor.domainSnapshotCurrent('a')).toMatchObject({ name: 'live' })
  })

  test('are told again to a domain that has their images, and described another way', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    for (const name of ['one', 'two']) await hypervisor.domainSnapshotCreateXml('a', named(name))
    const xml = await hypervisor.domainSnapshotGetXmlDesc('a', 'two')
    await hypervisor.domainSnapshotDelete('a', 'two', { metadata: true })
    await hypervisor.domainSnapshotCreateXml('a', xml, { redefine: true, current: true })
    const told = xml.replace('</name>', '</name>\n  <description>what it is</description>')
    const made = await hypervisor.domainSnapshotCreateXml('a', told, { redefine: true })
    expect(made).toMatchObject({ parent: 'one', current: true, description: 'what it is' })
    await hypervisor.domainRevertToSnapshot('a', 'two')
    const other = xml.replace(`<state>shutoff<`, '<state>running<')
    await expect(
      hypervisor.domainSnapshotCreateXml('a', other, { redefine: true }),
    ).rejects.toThrow("'state' of snapshot 'two' cannot become another")
    const circle = (await hypervisor.domainSnapshotGetXmlDesc('a', 'one')).replace(
      '</name>',
      '</name>\n  <parent><name>two</name></parent>',
    )
    await expect(
      hypervisor.domainSnapshotCreateXml('a', circle, { redefine: true }),
    ).rejects.toThrow('would create cycle')
  })

  test('are refused by name where they cannot be', async () => {
    const root = testRoot()
    const { hypervisor } = await defined(root)
    await expect(
      hypervisor.domainSnapshotCreateXml('a', withMemory('x', join(root.dir, 'm'))),
    ).rejects.toThrow('memory state cannot be saved with offline or disk-only snapshot')
    await hypervisor.domainCreate('a')
    await expect(hypervisor.domainSnapshotCreateXml('a', withMemory('x', 'm'))).rejects.toThrow(
      'must be absolute',
    )
    await hypervisor.domainSnapshotCreateXml('a', named('s'), { diskOnly: true })
    await hypervisor.domainCheckpointCreateXml('a')
    await expect(hypervisor.domainRevertToSnapshot('a', 's')).rejects.toThrow('checkpoint-delete')
  })
})
