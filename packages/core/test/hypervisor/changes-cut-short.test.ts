import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'
import { activeRow, disk, image, inQemu, recordOf, scsi, started } from './plugged-guest.ts'

const drive = `<disk type='file' device='cdrom'><target dev='sdc' bus='scsi'/></disk>`

describe('a change of a running guest that was cut short', () => {
  test('a detach that cannot be written down is finished by whoever comes next and can', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const before = await inQemu(root)
    const both = { live: true, config: true }
    await hypervisor.domainAttachDevice('a', disk(image(root, 'one')), both)
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    database.exec(
      `CREATE TRIGGER full BEFORE UPDATE OF xml ON active BEGIN SELECT RAISE(ABORT, 'no space'); END`,
    )
    await expect(
      hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`, both),
    ).rejects.toThrow('the next command writes it down')
    await hypervisor.connectListAllDomains()
    database.exec('DROP TRIGGER full')
    await hypervisor.connectListAllDomains()
    const { active, domain } = await recordOf(root)
    for (const xml of [active?.xml, domain.xml]) expect(xml).not.toContain('one.img')
    expect(await inQemu(root)).toEqual(before)
  })

  test('a change whose process died is finished where QEMU has it, else taken back', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const active = await activeRow(root)
    const path = image(root, 'one')
    const before = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainAttachDevice('a', disk(path))
    const after = await hypervisor.domainGetXmlDesc('a')
    const storage = { driver: 'file', filename: path, 'node-name': 'libvirt-2-storage' }
    const format = { driver: 'raw', file: 'libvirt-2-storage', 'node-name': 'libvirt-2-format' }
    const device = { driver: 'scsi-hd', drive: 'libvirt-2-format', id: 'scsi0-0-0-0' }
    const plug = [
      { execute: 'blockdev-add', arguments: storage },
      { execute: 'blockdev-add', arguments: format },
      { execute: 'device_add', arguments: device },
    ]
    const interrupted = async (xml: string): Promise<void> => {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      store.setLiveXml(active, xml)
      const job = store.beginJob(active.uuid, 'attach-device')
      const live = { id: active.id, xml: after }
      store.setPhase(job, 'plug', { plug, alias: 'scsi0-0-0-0', live })
    }
    await interrupted(before)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(after)
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
    await withMonitor(active, 'a', (qmp) => qmp.execute('blockdev-add', storage))
    await interrupted(before)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(before)
    expect(await inQemu(root)).not.toContain('libvirt-2-storage')
  })

  test('of a plug whose process died on the way, the controllers that are there are known', async () => {
    const root = testRoot()
    const hypervisor = await started(root, '')
    const active = await activeRow(root)
    await hypervisor.domainAttachDevice('a', disk(image(root, 'one')))
    const after = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
    const plug = [
      { execute: 'device_add', arguments: { driver: 'virtio-scsi-pci', id: 'scsi0' } },
      { execute: 'device_add', arguments: { driver: 'scsi-hd', id: 'scsi0-0-0-0' } },
    ]
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      store.setLiveXml(active, active.xml)
      const job = store.beginJob(active.uuid, 'attach-device')
      store.setPhase(job, 'plug', {
        plug,
        alias: 'scsi0-0-0-0',
        live: { id: active.id, xml: after },
      })
    }
    const now = await hypervisor.domainGetXmlDesc('a')
    expect(now).toContain(`<alias name='scsi0'/>`)
    expect(now).not.toContain('one.img')
    await hypervisor.domainReset('a')
    expect(await inQemu(root)).toContain('scsi0')
  })

  test('a medium that cannot be written down is in the definitions as soon as it can, or out of the drive', async () => {
    const root = testRoot()
    const hypervisor = await started(root, scsi + drive)
    const [one, two, three] = [image(root, 'one'), image(root, 'two'), image(root, 'three')]
    const change = (source: string) =>
      hypervisor.domainChangeMedia('a', 'sdc', { live: true, config: true, source })
    await change(one)
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    const changeInVain = async (source: string): Promise<void> => {
      database.exec(
        `CREATE TRIGGER full BEFORE UPDATE OF xml ON active BEGIN SELECT RAISE(ABORT, 'no space'); END`,
      )
      await expect(change(source)).rejects.toThrow('the next command')
      database.exec('DROP TRIGGER full')
    }
    const inDrive = async (): Promise<readonly string[]> => {
      const { active, domain } = await recordOf(root)
      const files = await withMonitor(await activeRow(root), 'a', async (qmp) => {
        const found = (await qmp.execute('query-block')).find(({ qdev }) => qdev === 'scsi0-0-0-2')
        return found?.inserted?.image?.filename ?? 'nothing'
      })
      const named = [active?.xml, domain.xml].map(
        (xml) => /source file='([^']*(?:one|two|three).img)'/.exec(xml ?? '')?.[1] ?? 'nothing',
      )
      return [files, ...named]
    }
    await changeInVain(two)
    await hypervisor.connectListAllDomains()
    expect(await inDrive()).toEqual([two, two, two])
    await changeInVain(three)
    await withMonitor(await activeRow(root), 'a', async (qmp) => {
      await qmp.executeUnchecked('blockdev-open-tray', { id: 'scsi0-0-0-2' })
      await qmp.executeUnchecked('blockdev-remove-medium', { id: 'scsi0-0-0-2' })
    })
    await hypervisor.connectListAllDomains()
    expect(await inDrive()).toEqual([two, two, two])
    await hypervisor.domainDefineXml(guestXml({ name: 'b', disk: three }))
    await hypervisor.domainCreate('b')
    await change(one)
    expect(await inDrive()).toEqual([one, one, one])
    expect((await inQemu(root)).filter((name) => /^libvirt-.*storage$/.test(name))).toHaveLength(2)
  })
})
