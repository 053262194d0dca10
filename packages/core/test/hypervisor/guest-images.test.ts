import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { imageUse } from '../../src/hypervisor/confinement/guest-images.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { stopProcess } from '../../src/run/index.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

describe('the images of a guest', () => {
  const qcow2 = (path: string, backing?: string): string => {
    const below = backing === undefined ? [] : ['-u', '-b', backing, '-F', 'raw']
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...below, path, '1M'])
    return path
  }
  const on = (path: string, more = ''): string =>
    `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${path}'/>${more}<target dev='vda'/></disk>`

  async function starting(
    root: TestRoot,
    devices: string,
    query = '',
  ): Promise<{ hypervisor: Hypervisor; started: Promise<unknown> }> {
    const hypervisor = await root.open({}, query)
    await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
    return { hypervisor, started: hypervisor.domainCreate('a') }
  }

  test('may stand on others beside them', async () => {
    const root = testRoot()
    writeFileSync(join(root.dir, 'base.img'), Buffer.alloc(1024 * 1024))
    const { started } = await starting(root, on(qcow2(join(root.dir, 'x.qcow2'), 'base.img')))
    await started
    expect(root.guests()).toHaveLength(1)
  })

  test('may not stand on another file of the host that the document does not name', async () => {
    const root = testRoot()
    const image = qcow2(join(root.dir, 'x.qcow2'), '/etc/hostname')
    const { hypervisor, started } = await starting(root, on(image))
    await expect(started).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
      problems: [{ path: 'devices/disk[1]/source/@file' }],
    })
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(
      `'${image}' → '/etc/hostname': the image stands on one in '/etc', which the document does not name; name it in <backingStore>, or allow the folder (backing=/etc`,
    )
    expect(root.guests()).toEqual([])
    expect(await hypervisor.domainGetState('a')).toMatchObject({ reason: 'failed' })
  })

  test('may stand on one elsewhere that the document names, or whose folder is allowed', async () => {
    const root = testRoot()
    const folder = join(root.dir, 'bases')
    mkdirSync(folder)
    const base = join(folder, 'base.img')
    writeFileSync(base, Buffer.alloc(1024 * 1024))
    const image = qcow2(join(root.dir, 'x.qcow2'), base)
    const named = on(
      image,
      `<backingStore type='file'><format type='raw'/><source file='${base}'/><backingStore/></backingStore>`,
    )
    const { hypervisor, started } = await starting(root, named)
    await started
    await hypervisor.domainDestroy('a')
    const allowing = await starting(root, on(image), `&backing=${folder}`)
    await allowing.started
    expect(root.guests()).toHaveLength(1)
  })

  test.each([
    ['a protocol', 'nbd://127.0.0.1:1/x', /which is no file; name it in <backingStore>/],
    ['a description', 'json:{"driver":"ssh"}', /which is no file/],
    ['itself', 'x.qcow2', /stand on each other in a circle/],
  ])('may not stand on %s', async (_, backing, says) => {
    const root = testRoot()
    const { started } = await starting(root, on(qcow2(join(root.dir, 'x.qcow2'), backing)))
    await expect(started).rejects.toThrow(says)
  })

  test('are of one guest at a time, whatever they are called, and the other is named', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const disk = guestDisk(root.dir, 'idle')
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk }))
    await hypervisor.domainCreate('a')
    const link = join(root.dir, 'hard.img')
    execFileSync('ln', [disk, link])
    for (const path of [disk, link]) {
      await hypervisor.domainDefineXml(guestXml({ name: 'b', disk: path }))
      await expect(hypervisor.domainCreate('b')).rejects.toMatchObject({
        code: 'ERR_OPERATION_FAILED',
        message: expect.stringMatching(/ is in use by domain 'a'/) as string,
        problems: [{ path: 'devices/disk[1]/source/@file' }],
      })
    }
    const [guest] = root.guests()
    if (guest !== undefined) await stopProcess(guest.identity, { termMs: 0 })
    // Nobody has looked since the first one died.
    await hypervisor.domainCreate('b')
    expect(root.guests()).toHaveLength(1)
  })

  test('are not two disks of one guest', async () => {
    const root = testRoot()
    const image = qcow2(join(root.dir, 'x.qcow2'))
    const { started } = await starting(root, `${on(image)}${on(image).replace('vda', 'vdb')}`)
    await expect(started).rejects.toThrow(/is the image of devices\/disk\[1\] already/)
  })

  test('stay its own where another disk stands on them when one is taken out', async () => {
    const root = testRoot()
    const base = join(root.dir, 'base.img')
    writeFileSync(base, Buffer.alloc(1024 * 1024))
    const below = `<backingStore type='file'><format type='raw'/><source file='${base}'/><backingStore/></backingStore>`
    const [one, two] = ['one', 'two'].map((name) =>
      on(qcow2(join(root.dir, `${name}.qcow2`), base), below),
    ) as [string, string]
    const { hypervisor, started } = await starting(root, one)
    await started
    const scsi = two.replace(`'vda'`, `'sda' bus='scsi'`)
    await hypervisor.domainAttachDevice('a', scsi)
    await hypervisor.domainDetachDevice('a', scsi)
    await hypervisor.domainDefineXml(guestXml({ name: 'b', disk: base }))
    await expect(hypervisor.domainCreate('b')).rejects.toThrow(`is in use by domain 'a'`)
    await hypervisor.domainDefineXml(guestXml({ name: 'b', disk: join(root.dir, 'two.qcow2') }))
    await hypervisor.domainCreate('b')
  })

  test('are free again where one died who was about to plug them in', async () => {
    const root = testRoot()
    const { hypervisor, started } = await starting(root, '')
    await started
    const { uuid } = await hypervisor.domainLookup('a')
    const path = guestDisk(root.dir, 'idle')
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const active = store.get(uuid)?.active
      const use = imageUse(path, { writes: true, shared: false })
      if (active === undefined || use === undefined) throw new Error('nothing to die over')
      const xml = active.xml.replace(
        '</devices>',
        `<disk type='file'><source file='${path}'/><target dev='sda' bus='scsi'/><alias name='scsi0-0-0-0'/></disk></devices>`,
      )
      const job = store.beginJob(uuid, 'attach-device')
      store.claimImages(active, [use])
      store.setPhase(job, 'plug', {
        plug: [],
        images: [],
        alias: 'scsi0-0-0-0',
        live: { id: active.id, xml },
      })
    }
    await hypervisor.connectListAllDomains()
    await hypervisor.domainDefineXml(guestXml({ name: 'b', disk: path }))
    await hypervisor.domainCreate('b')
    expect(root.guests()).toHaveLength(2)
  })
})
