import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const inSector = /[ER]IP=0+7c0/

/** A guest that sleeps in its boot sector, on a qcow2 image. */
async function defined(root: TestRoot): Promise<{ hypervisor: Hypervisor; image: string }> {
  const hypervisor = await root.open()
  const image = join(root.dir, 'a.qcow2')
  const raw = guestDisk(root.dir, 'idle')
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image])
  const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: disk }))
  return { hypervisor, image }
}

const registers = (hypervisor: Hypervisor): Promise<string> =>
  hypervisor.domainQemuMonitorCommand('a', 'info registers', { hmp: true })

const named = (name: string): string => `<domainsnapshot><name>${name}</name></domainsnapshot>`

describe('snapshots', () => {
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
    await expect(hypervisor.domainSnapshotDelete('a', 's1')).rejects.toThrow('blockcommit')
    await hypervisor.domainSnapshotDelete('a', 's1', { metadata: true })
    await expect(
      hypervisor.domainSnapshotCreateXml('a', named('s1'), { diskOnly: true }),
    ).rejects.toThrow('already exists')
    expect(await hypervisor.domainListAllSnapshots('a')).toEqual([])
  })
})
