import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import type { BlockJobFact } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import { activeRow, diedOver, inQemu, jobsIn } from './plugged-guest.ts'

const qemuImg = (...words: readonly string[]): string =>
  execFileSync('qemu-img', words, { encoding: 'utf8' })

/** Domain `a` with a disk `vdb` on an image of 4 MiB, which runs. */
async function started(root: TestRoot): Promise<{ hypervisor: Hypervisor; image: string }> {
  const image = join(root.dir, 'image.qcow2')
  qemuImg('create', '-q', '-f', 'qcow2', image, '4M')
  const hypervisor = await root.open()
  const vdb = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vdb'/></disk>`
  const disk = guestDisk(root.dir, 'idle')
  await hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices: vdb }))
  await hypervisor.domainCreate('a')
  return { hypervisor, image }
}

/** What is remembered of the job on `vdb`. */
async function remembered(root: TestRoot): Promise<BlockJobFact | undefined> {
  return (await activeRow(root)).facts.blockJobs?.['vdb']
}

async function remember(root: TestRoot, fact: BlockJobFact): Promise<void> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  const active = await activeRow(root)
  store.setFacts(active, { ...active.facts, blockJobs: { vdb: fact } })
}

const copyOf = (image: string, copy: string): BlockJobFact => ({
  kind: 'copy',
  file: image,
  dropped: [],
  to: { file: copy, format: 'qcow2' },
  index: 7,
  unbegun: { made: copy },
})

const bothXml = (hypervisor: Hypervisor): Promise<readonly string[]> =>
  Promise.all([false, true].map((inactive) => hypervisor.domainGetXmlDesc('a', { inactive })))

describe('a job on a disk whose asker died', () => {
  test('before it began leaves no image of its own, also where QEMU has it open', async () => {
    const root = testRoot()
    const { hypervisor, image } = await started(root)
    const before = await inQemu(root)
    const copy = join(root.dir, 'copy.qcow2')
    writeFileSync(copy, 'half made')
    await remember(root, copyOf(image, copy))
    await diedOver(root, 'block-job', 'begin', {})
    await hypervisor.connectListAllDomains()
    expect(existsSync(copy)).toBe(false)
    expect(await remembered(root)).toBeUndefined()
    qemuImg('create', '-q', '-f', 'qcow2', copy, '4M')
    await withMonitor(await activeRow(root), 'a', async (qmp) => {
      const storage = { driver: 'file', filename: copy, 'node-name': 'libvirt-7-storage' }
      await qmp.executeUnchecked('blockdev-add', storage)
      const format = { driver: 'qcow2', file: 'libvirt-7-storage', 'node-name': 'libvirt-7-format' }
      await qmp.executeUnchecked('blockdev-add', format)
    })
    await remember(root, copyOf(image, copy))
    await diedOver(root, 'block-job', 'begin', {})
    await hypervisor.connectListAllDomains()
    expect(existsSync(copy)).toBe(false)
    expect(await inQemu(root)).toEqual(before)
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(copy)
  })

  test('before it began leaves an image that QEMU does not let go of', async () => {
    const root = testRoot()
    const { hypervisor, image } = await started(root)
    const copy = join(root.dir, 'copy.qcow2')
    qemuImg('create', '-q', '-f', 'qcow2', copy, '4M')
    await withMonitor(await activeRow(root), 'a', async (qmp) => {
      const storage = { driver: 'file', filename: copy, 'node-name': 'libvirt-7-storage' }
      await qmp.executeUnchecked('blockdev-add', storage)
      const other = { driver: 'qcow2', file: 'libvirt-7-storage', 'node-name': 'another' }
      await qmp.executeUnchecked('blockdev-add', other)
    })
    await remember(root, copyOf(image, copy))
    await diedOver(root, 'block-job', 'begin', {})
    await hypervisor.connectListAllDomains()
    expect(existsSync(copy)).toBe(true)
    expect(await jobsIn(root)).toEqual([])
  })

  test('before it began leaves no image either where the guest is gone as well', async () => {
    const root = testRoot()
    const { hypervisor, image } = await started(root)
    const copy = join(root.dir, 'copy.qcow2')
    writeFileSync(copy, 'half made')
    await remember(root, copyOf(image, copy))
    await diedOver(root, 'block-job', 'begin', {})
    process.kill((await activeRow(root)).process.pid, 'SIGKILL')
    await expect.poll(() => root.guests()).toEqual([])
    await hypervisor.connectListAllDomains()
    expect(existsSync(copy)).toBe(false)
    expect(await jobsIn(root)).toEqual([])
  })

  test('right behind its beginning goes on, and an image that was there before is kept', async () => {
    const root = testRoot()
    const { hypervisor, image } = await started(root)
    const copy = join(root.dir, 'copy.qcow2')
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { wait: true })
    const known = await remembered(root)
    expect(known).toMatchObject({ kind: 'copy', to: { file: copy } })
    expect(known?.unbegun).toBeUndefined()
    await remember(root, { ...(known as BlockJobFact), unbegun: { made: copy } })
    await diedOver(root, 'block-job', 'begin', {})
    await hypervisor.connectListAllDomains()
    expect(await remembered(root)).toEqual(known)
    const other = hypervisor.domainBlockCopy('a', 'vdb', `${copy}2`, { whenReady: 'pivot' })
    await expect(other).rejects.toMatchObject({ code: 'ERR_BLOCK_COPY_ACTIVE' })
    // Whoever asks for the same goes on with it.
    await hypervisor.domainBlockCopy('a', 'vdb', copy, { whenReady: 'pivot' })
    for (const xml of await bothXml(hypervisor)) expect(xml).toContain(copy)
    await expect(hypervisor.domainBlockCopy('a', 'vdb', image)).rejects.toThrow('exists already')
    expect(existsSync(image)).toBe(true)
    expect(await remembered(root)).toBeUndefined()
  })

  test.each([true, false])(
    'over its end (pivot: %s) is ended by whoever looks next',
    async (pivot) => {
      const root = testRoot()
      const { hypervisor, image } = await started(root)
      const copy = join(root.dir, 'copy.qcow2')
      await hypervisor.domainBlockCopy('a', 'vdb', copy, { wait: true })
      await diedOver(root, 'block-job', 'end', { ends: { target: 'vdb', pivot } })
      await hypervisor.connectListAllDomains()
      expect(await hypervisor.domainGetBlockJobInfo('a', 'vdb')).toBeUndefined()
      for (const xml of await bothXml(hypervisor)) expect(xml).toContain(pivot ? copy : image)
      expect(await remembered(root)).toBeUndefined()
    },
  )

  test('whose beginning cannot be written down goes on all the same', async () => {
    const root = testRoot()
    const { hypervisor } = await started(root)
    const copy = join(root.dir, 'copy.qcow2')
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    database.exec(
      `CREATE TRIGGER full BEFORE UPDATE OF facts ON active WHEN OLD.facts LIKE '%unbegun%' BEGIN SELECT RAISE(ABORT, 'no space'); END`,
    )
    await expect(hypervisor.domainBlockCopy('a', 'vdb', copy)).rejects.toThrow('the next command')
    database.exec('DROP TRIGGER full')
    await hypervisor.connectListAllDomains()
    await expect(hypervisor.domainGetBlockJobInfo('a', 'vdb')).resolves.toMatchObject({
      type: 'copy',
    })
    expect((await remembered(root))?.unbegun).toBeUndefined()
  })

  test('before it began takes back what it said of snapshots: they can be gone back to', async () => {
    const root = testRoot()
    const { hypervisor, image } = await started(root)
    const xml = `<domainsnapshot><name>s</name><disks><disk name='vda' snapshot='no'/></disks></domainsnapshot>`
    await hypervisor.domainSnapshotCreateXml('a', xml, { diskOnly: true })
    const { uuid } = await hypervisor.domainLookup('a')
    const document = async (): Promise<string> => {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
      return store.snapshot(uuid, 's').xml
    }
    const whole = await document()
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
      store.replaceSnapshotXml(uuid, 's', whole.replace('</name>', '</name><deleting/>'))
    }
    const marked = [{ name: 's', xml: whole }]
    await remember(root, { kind: 'active-commit', file: image, dropped: [], unbegun: { marked } })
    await diedOver(root, 'block-job', 'begin', {})
    await hypervisor.connectListAllDomains()
    expect(await document()).toBe(whole)
    expect(await remembered(root)).toBeUndefined()
  })
})
