import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { conclude, concluded } from '../../src/hypervisor/blocks/conclude-job.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import type { DomainError } from '../../src/errors.ts'
import { JobLeft } from '../../src/hypervisor/job-left.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const qemuImg = (...words: readonly string[]): string =>
  execFileSync('qemu-img', words, { encoding: 'utf8' })

interface ImageInfo {
  readonly 'backing-filename'?: string
  readonly 'virtual-size': number
  readonly snapshots?: readonly { readonly name: string }[]
}

const infoOf = (file: string): ImageInfo =>
  JSON.parse(qemuImg('info', '-U', '--output=json', file)) as ImageInfo

/** Three images on each other, the lowest with something in it. */
function chain(root: TestRoot): readonly [string, string, string] {
  const [low, mid, top] = ['low', 'mid', 'top'].map((name) => join(root.dir, `${name}.qcow2`)) as [
    string,
    string,
    string,
  ]
  qemuImg('create', '-q', '-f', 'qcow2', low, '4M')
  qemuImg('create', '-q', '-f', 'qcow2', '-b', low, '-F', 'qcow2', mid)
  qemuImg('create', '-q', '-f', 'qcow2', '-b', mid, '-F', 'qcow2', top)
  execFileSync('qemu-io', ['-c', 'write -P 7 0 1M', low])
  execFileSync('qemu-io', ['-c', 'write -P 8 1M 1M', mid])
  return [low, mid, top]
}

async function started(root: TestRoot, image: string): Promise<Hypervisor> {
  const hypervisor = await root.open()
  const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vdb'/></disk>`
  await hypervisor.domainDefineXml(
    guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices: disk }),
  )
  await hypervisor.domainCreate('a')
  return hypervisor
}

const bothXml = (hypervisor: Hypervisor): Promise<readonly string[]> =>
  Promise.all([false, true].map((inactive) => hypervisor.domainGetXmlDesc('a', { inactive })))

describe('images of a running guest', () => {
  test('what an image holds goes down into the lowest, and the guest goes over to that', async () => {
    const root = testRoot()
    const [low, , top] = chain(root)
    const hypervisor = await started(root, top)
    const seen: string[] = []
    await hypervisor.domainBlockCommit('a', 'vdb', {
      whenReady: 'pivot',
      onProgress: ({ kind }) => seen.push(kind),
    })
    expect(seen).toContain('active-commit')
    for (const xml of await bothXml(hypervisor)) {
      expect(xml).toContain(low)
      expect(xml).not.toContain(top)
    }
    expect(await hypervisor.domainGetBlockJobInfo('a', 'vdb')).toBeUndefined()
    await hypervisor.domainDestroy('a')
    expect(() => execFileSync('qemu-io', ['-r', '-c', 'read -P 8 1M 1M', low])).not.toThrow()
    await hypervisor.domainCreate('a')
  })

  test('a disk that went back to its image takes the next snapshot, again and again', async () => {
    const root = testRoot()
    const image = join(root.dir, 'one.qcow2')
    qemuImg('create', '-q', '-f', 'qcow2', image, '4M')
    const hypervisor = await started(root, image)
    for (const name of ['first', 'second']) {
      const xml = `<domainsnapshot><name>${name}</name><disks><disk name='vda' snapshot='no'/></disks></domainsnapshot>`
      await hypervisor.domainSnapshotCreateXml('a', xml, { diskOnly: true })
      await hypervisor.domainBlockCommit('a', 'vdb', { whenReady: 'pivot' })
      await hypervisor.domainSnapshotDelete('a', name, { metadata: true })
      const nodes = JSON.parse(
        await hypervisor.domainQemuMonitorCommand('a', '{"execute":"query-named-block-nodes"}'),
      ) as { readonly return: readonly { readonly file: string }[] }
      expect(nodes.return.filter(({ file }) => file.endsWith(`.${name}`))).toEqual([])
    }
    const destination = join(root.dir, 'copy.qcow2')
    await hypervisor.domainBlockCopy('a', 'vdb', destination, { whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(destination)
  })

  test('a job whose beginner died is gone on with by whoever asks for the same, and by nobody else', async () => {
    const root = testRoot()
    const [low, mid, top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockCommit('a', 'vdb', { base: low })
    await expect(hypervisor.domainBlockCommit('a', 'vdb', { base: low })).rejects.toMatchObject({
      code: 'ERR_BLOCK_COPY_ACTIVE',
    })
    await expect(
      hypervisor.domainBlockCommit('a', 'vdb', { base: mid, whenReady: 'pivot' }),
    ).rejects.toMatchObject({ code: 'ERR_BLOCK_COPY_ACTIVE' })
    await hypervisor.domainBlockCommit('a', 'vdb', { base: low, whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).not.toContain(top)
  })

  test('a job that goes on is in the way of what would end it, or take its image away', async () => {
    const root = testRoot()
    const [low, , top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockCommit('a', 'vdb', { base: low, wait: true })
    const whole = {
      code: 'ERR_OPERATION_INVALID',
      message: /domain has active block job, on disk 'vdb'/,
    }
    const one = { code: 'ERR_BLOCK_COPY_ACTIVE', message: /disk 'vdb' already in active block job/ }
    const said = async (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        ({ code, message }: DomainError) => ({ code, message }),
      )
    for (const [work, { code, message }] of [
      [() => hypervisor.domainManagedSave('a'), whole],
      [() => hypervisor.domainSnapshotCreateXml('a', '<domainsnapshot/>', { diskOnly: true }), one],
      [() => hypervisor.domainDetachDevice('a', `<disk><target dev='vdb'/></disk>`), one],
      [() => hypervisor.domainBlockResize('a', 'vdb', 8 * 1024 * 1024), one],
    ] as const)
      expect(await said(work())).toEqual({ code, message: expect.stringMatching(message) })
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainBlockJobAbort('a', 'vdb', { pivot: true })
    await hypervisor.domainManagedSave('a')
  })

  test('a job that ended while nobody looked is in the way of nothing', async () => {
    const root = testRoot()
    const [low, mid, top] = chain(root)
    const hypervisor = await started(root, top)
    const begun = async (options = { base: low } as { readonly base?: string }): Promise<void> => {
      await hypervisor.domainBlockPull('a', 'vdb', options)
      const jobs = () => hypervisor.domainQemuMonitorCommand('a', '{"execute":"query-jobs"}')
      await until(jobs, (said) => said.includes('concluded'))
    }
    const chainIn = async (): Promise<readonly string[]> =>
      [...(await hypervisor.domainGetXmlDesc('a')).matchAll(/source file='([^']+)'/g)].flatMap(
        ([, file = '']) => (file.endsWith('.qcow2') ? [file] : []),
      )
    await begun()
    await hypervisor.domainBlockResize('a', 'vdb', 8 * 1024 * 1024)
    expect(await chainIn()).not.toContain(mid)
    await begun()
    const xml = `<domainsnapshot><name>s</name><disks><disk name='vda' snapshot='no'/></disks></domainsnapshot>`
    await hypervisor.domainSnapshotCreateXml('a', xml, { diskOnly: true, noMetadata: true })
    await begun()
    await hypervisor.domainBlockCopy('a', 'vdb', join(root.dir, 'copy.qcow2'), {
      whenReady: 'pivot',
    })
    expect(await chainIn()).toContain(join(root.dir, 'copy.qcow2'))
    await begun({})
    await hypervisor.domainManagedSave('a')
    await hypervisor.domainCreate('a')
  })

  test('a job whose asker died over its end is written down by whoever looks next', async () => {
    const root = testRoot()
    const [low, , top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockCommit('a', 'vdb', { base: low, wait: true })
    const id = 'polyvirt-active-commit-vdb'
    const tell = (execute: string): Promise<string> =>
      hypervisor.domainQemuMonitorCommand('a', JSON.stringify({ execute, arguments: { id } }))
    await tell('job-complete')
    await until(
      () => tell('job-dismiss'),
      (said) => !said.includes('error'),
    )
    const { uuid } = await hypervisor.domainLookup('a')
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      store.beginJob(uuid, 'block-job')
    }
    await hypervisor.connectListAllDomains()
    for (const xml of await bothXml(hypervisor)) {
      expect(xml).toContain(low)
      expect(xml).not.toContain(top)
    }
  })

  test.each([
    ['has been written down', 'change'],
    ['could not be written down', 'releaseImages'],
  ] as const)('a job whose end %s by one who died then leaves no image open', async (_, moment) => {
    const root = testRoot()
    const [low, , top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockCommit('a', 'vdb', { base: low, wait: true })
    const { uuid } = await hypervisor.domainLookup('a')
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const record = store.get(uuid)
      if (record?.active === undefined) throw new Error('the guest does not run')
      const running = { ...record, active: record.active }
      const dying = new Proxy(store, {
        get: (target, key: keyof typeof store) =>
          key === moment
            ? (...words: Parameters<typeof store.change>) => {
                if (moment === 'change') store.change(...words)
                throw new Error('it dies here')
              }
            : target[key],
      })
      store.beginJob(uuid, 'block-job')
      await withMonitor(running.active, 'a', async (qmp) => {
        await qmp.executeUnchecked('job-complete', { id: 'polyvirt-active-commit-vdb' })
        await concluded(qmp, 'vdb')
        const concluding = conclude({ store: dying }, running, qmp, 'vdb')
        await expect(concluding).rejects.toBeInstanceOf(JobLeft)
      })
    }
    await hypervisor.connectListAllDomains()
    const nodes = await hypervisor.domainQemuMonitorCommand(
      'a',
      '{"execute":"query-named-block-nodes"}',
    )
    expect(nodes).toContain(low)
    expect(nodes).not.toContain(top)
    for (const xml of await bothXml(hypervisor)) expect(xml).not.toContain(top)
  })

  test('an image in the middle goes down, and nobody need be there when it has', async () => {
    const root = testRoot()
    const [low, mid, top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockCommit('a', 'vdb', { top: mid, base: low })
    const ended = await until(
      () => hypervisor.domainGetBlockJobInfo('a', 'vdb'),
      (info) => info === undefined || info.status === 'concluded',
    )
    expect(ended).toMatchObject({ type: 'commit', status: 'concluded' })
    expect(await hypervisor.domainGetBlockJobInfo('a', 'vdb')).toBeUndefined()
    expect(infoOf(top)['backing-filename']).toBe(low)
    await expect(hypervisor.domainBlockCommit('a', 'vdb', { top: low, base: top })).rejects.toThrow(
      'is below the one',
    )
    await expect(hypervisor.domainBlockCommit('a', 'vdb', { base: '/nowhere' })).rejects.toThrow(
      'is not an image of the disk; it has:',
    )
  })

  test('an image is filled until it stands alone', async () => {
    const root = testRoot()
    const [, , top] = chain(root)
    const hypervisor = await started(root, top)
    await hypervisor.domainBlockPull('a', 'vdb', { wait: true })
    expect(infoOf(top)['backing-filename']).toBeUndefined()
  })

  test('are copied in pieces, through a buffer, and as far behind as is said', async () => {
    const root = testRoot()
    const [, , top] = chain(root)
    const hypervisor = await started(root, top)
    const copy = join(root.dir, 'copy.qcow2')
    for (const granularityBytes of [0, 256, 3000, 128 * 2 ** 20]) {
      const wrong = hypervisor.domainBlockCopy('a', 'vdb', copy, { granularityBytes })
      await expect(wrong).rejects.toThrow(`granularity ${granularityBytes} is no power of two`)
    }
    await hypervisor.domainBlockCopy('a', 'vdb', copy, {
      wait: true,
      granularityBytes: 131_072,
      bufferBytes: 4 * 2 ** 20,
      synchronousWrites: true,
    })
    const asked = JSON.stringify({ execute: 'query-block' })
    expect(await hypervisor.domainQemuMonitorCommand('a', asked)).toMatch(/"granularity": ?131072/)
    await hypervisor.domainBlockJobAbort('a', 'vdb', { pivot: true })
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(copy)
  })

  test('a copy is made and gone over to, or given up without a trace in the definition', async () => {
    const root = testRoot()
    const [, , top] = chain(root)
    const hypervisor = await started(root, top)
    const copy = join(root.dir, 'copy.qcow2')
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { wait: true })
    expect(await hypervisor.domainGetBlockJobInfo('a', 'vdb')).toMatchObject({
      type: 'copy',
      status: 'ready',
    })
    await expect(hypervisor.domainBlockPull('a', 'vdb')).rejects.toMatchObject({
      code: 'ERR_BLOCK_COPY_ACTIVE',
    })
    await hypervisor.domainBlockJobAbort('a', 'vdb')
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(top)
    await expect(hypervisor.domainBlockCopy('a', 'vdb', copy)).rejects.toThrow('exists already')
    await expect(hypervisor.domainBlockCopy('a', 'vdb', 'copy')).rejects.toThrow(
      "'copy' is not an absolute path",
    )
    const other = join(root.dir, 'other.qcow2')
    await hypervisor.domainBlockCopy('a', 'vdb', other, { whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(other)
    expect((await hypervisor.domainGetBlockInfo('a', 'vdb')).capacityBytes).toBe(4 * 1024 * 1024)
    await hypervisor.domainBlockResize('a', 'vdb', 8 * 1024 * 1024)
    expect(infoOf(other)['virtual-size']).toBe(8 * 1024 * 1024)
    await expect(hypervisor.domainBlockResize('a', 'vdb', 512)).rejects.toThrow('only grows')
  })

  test('a copy that is finished is free for another guest, and the guest keeps its image', async () => {
    const root = testRoot()
    const [, , top] = chain(root)
    const hypervisor = await started(root, top)
    const copy = join(root.dir, 'copy.qcow2')
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { whenReady: 'finish' })
    const disk = (file: string): string =>
      `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${file}'/><target dev='vda'/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 'b', devices: disk(copy) }))
    await hypervisor.domainCreate('b')
    await hypervisor.domainDefineXml(guestXml({ name: 'c', devices: disk(top) }))
    await expect(hypervisor.domainCreate('c')).rejects.toThrow(`in use by domain 'a'`)
  })

  test('a copy that cannot be begun leaves no file and no image, and is made at the next asking', async () => {
    const root = testRoot()
    const [, , top] = chain(root)
    const hypervisor = await started(root, top)
    const copy = join(root.dir, 'copy.qcow2')
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    for (const when of ['UPDATE OF facts ON active', 'INSERT ON image_uses']) {
      database.exec(`CREATE TRIGGER full BEFORE ${when} BEGIN SELECT RAISE(ABORT, 'no space'); END`)
      await expect(hypervisor.domainBlockCopy('a', 'vdb', copy)).rejects.toThrow('no space')
      expect(existsSync(copy)).toBe(false)
      database.exec('DROP TRIGGER full')
    }
    const wrong = hypervisor.domainBlockCopy('a', 'vdb', copy, { speedBytes: -1 })
    await expect(wrong).rejects.toThrow('speed')
    expect(existsSync(copy)).toBe(false)
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(copy)
  })
})
