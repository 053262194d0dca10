import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { isAlive } from '../../src/run/process-identity.ts'
import { flushDisk, reads, writeDisk } from '../support/guest-disk.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import { activeRow, diedOver, disk, image, jobsIn, scsi, started } from './plugged-guest.ts'

const transientDisk = (path: string, target = 'vda', bus = 'virtio'): string =>
  disk(path, target, bus).replace('</disk>', '<transient/></disk>')

/** Images of runs that are there. */
const runImages = (root: TestRoot): readonly string[] =>
  readdirSync(root.dir).filter((name) => name.includes('.TRANSIENT-'))

async function withTransient(root: TestRoot, name = 'a'): Promise<Hypervisor> {
  const hypervisor = await root.open()
  const path = existsSync(join(root.dir, 'idle.img'))
    ? join(root.dir, 'idle.img')
    : guestDisk(root.dir, 'idle')
  await hypervisor.domainDefineXml(guestXml({ name, devices: transientDisk(path) + scsi }))
  await hypervisor.domainCreate(name)
  return hypervisor
}

describe('a transient disk', () => {
  test('forgets what the guest wrote when it stops', async () => {
    const root = testRoot()
    const hypervisor = await withTransient(root)
    const before = readFileSync(join(root.dir, 'idle.img'))
    await writeDisk(hypervisor, 7)
    await flushDisk(hypervisor)
    expect(await reads(root, hypervisor, 7)).toBe(true)
    const [file = ''] = runImages(root)
    expect(file).toMatch(/^idle\.img\.TRANSIENT-a-\d+$/)
    expect(statSync(join(root.dir, file)).mode & 0o077).toBe(0)
    const live = await hypervisor.domainGetXmlDesc('a')
    expect(live).toMatch(
      new RegExp(
        `<source file='[^']*${file}'.*?<source file='[^']*/idle\\.img'.*?<transient/>`,
        's',
      ),
    )
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('TRANSIENT-')
    await hypervisor.domainReset('a')
    expect(await reads(root, hypervisor, 7)).toBe(true)
    await hypervisor.domainDestroy('a')
    expect(runImages(root)).toEqual([])
    expect(readFileSync(join(root.dir, 'idle.img')).equals(before)).toBe(true)
    await hypervisor.domainCreate('a')
    expect(await reads(root, hypervisor, 7)).toBe(false)
    expect(await reads(root, hypervisor, 0)).toBe(true)
  })

  test('is shared by guests that write each for itself, and by none that writes to it', async () => {
    const root = testRoot()
    const hypervisor = await withTransient(root)
    await withTransient(root, 'b')
    expect(runImages(root)).toHaveLength(2)
    await hypervisor.domainDefineXml(guestXml({ name: 'c', disk: join(root.dir, 'idle.img') }))
    await expect(hypervisor.domainCreate('c')).rejects.toThrow(/in use by domain '[ab]'/)
    await hypervisor.domainDestroy('b')
    expect(runImages(root)).toHaveLength(1)
  })

  test('what a QEMU that was killed wrote is gone with the next look', async () => {
    const root = testRoot()
    const hypervisor = await withTransient(root)
    const { process: qemu } = await activeRow(root)
    process.kill(qemu.pid, 'SIGKILL')
    await until(
      () => isAlive(qemu),
      (alive) => !alive,
    )
    expect(runImages(root)).toHaveLength(1)
    await hypervisor.connectListAllDomains()
    expect(runImages(root)).toEqual([])
  })

  test('an image of a run that cannot be removed goes with a later look', async () => {
    const root = testRoot()
    const hypervisor = await withTransient(root)
    const [file = ''] = runImages(root)
    const path = join(root.dir, file)
    const inTheWay = (): void => {
      rmSync(path)
      mkdirSync(path)
    }
    const outOfTheWay = (): void => {
      rmdirSync(path)
      writeFileSync(path, 'what the guest wrote')
    }
    inTheWay()
    await hypervisor.domainDestroy('a')
    await hypervisor.connectListAllDomains()
    expect(runImages(root)).toEqual([file])
    outOfTheWay()
    await hypervisor.connectListAllDomains()
    expect(runImages(root)).toEqual([])
    writeFileSync(path, 'of somebody else by now')
    await hypervisor.connectListAllDomains()
    expect(runImages(root)).toEqual([file])
  })

  test('a start that fails, and one whose command died, leave no image of the run', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const path = guestDisk(root.dir, 'idle')
    const missing = disk(image(root, 'other').replace('other', 'none'), 'vdb', 'virtio')
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', devices: transientDisk(path) + missing }),
    )
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(/none\.img' does not exist/)
    expect(runImages(root)).toEqual([])
    const broken = `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-no-such-option'/></qemu:commandline>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', devices: transientDisk(path) }).replace(
        '</domain>',
        `${broken}</domain>`,
      ),
    )
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(/no-such-option/)
    expect(runImages(root)).toEqual([])
    const left = `${path}.TRANSIENT-a-9`
    writeFileSync(left, 'half of it')
    await diedOver(root, 'start', 'prepare', { id: 9, runImages: [left] })
    await hypervisor.connectListAllDomains()
    expect(await jobsIn(root)).toEqual([])
    expect(runImages(root)).toEqual([])
  })

  test('what would outlive the run is refused, and the guest runs on', async () => {
    const root = testRoot()
    const hypervisor = await withTransient(root)
    const other = testRoot()
    await other.open()
    const memory = join(root.dir, 'memory')
    const refusals: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [
        () => hypervisor.domainSave('a', join(root.dir, 'a.save')),
        /save with transient disk.*'vda'/,
      ],
      [() => hypervisor.domainManagedSave('a'), /save with transient disk/],
      [() => hypervisor.domainMigrate('a', other.uri), /migration with transient disk/],
      [() => hypervisor.domainBlockCommit('a', 'vda'), /block jobs.*transient disk 'vda'/],
      [
        () => hypervisor.domainBlockCopy('a', 'vda', join(root.dir, 'copy')),
        /transient disk 'vda'/,
      ],
      [() => hypervisor.domainBackupBegin('a'), /transient disk 'vda'/],
      [
        () => hypervisor.domainSnapshotCreateXml('a', '<domainsnapshot/>', { diskOnly: true }),
        /transient disk 'vda'/,
      ],
      [
        () =>
          hypervisor.domainSnapshotCreateXml(
            'a',
            `<domainsnapshot><memory snapshot='external' file='${memory}'/></domainsnapshot>`,
          ),
        /snapshot of the memory with transient disk/,
      ],
    ]
    for (const [work, message] of refusals) await expect(work()).rejects.toThrow(message)
    expect(existsSync(memory)).toBe(false)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'running', reason: 'booted' })
    expect(await jobsIn(root)).toEqual([])
    expect(runImages(root)).toHaveLength(1)
  })

  test('is plugged into a guest that runs, and takes what was written with it', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const path = image(root, 'plugged')
    const xml = transientDisk(path, 'sda', 'scsi')
    await hypervisor.domainAttachDevice('a', xml)
    expect(runImages(root)).toHaveLength(1)
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('plugged.img.TRANSIENT-a-')
    await hypervisor.domainDetachDevice('a', disk(path))
    expect(runImages(root)).toEqual([])
    expect(readFileSync(path).every((byte) => byte === 0)).toBe(true)
    await expect(
      hypervisor.domainAttachDevice('a', xml.replace(path, join(root.dir, 'none'))),
    ).rejects.toThrow(/does not exist/)
    await hypervisor.domainAttachDevice('a', disk(path))
    await expect(hypervisor.domainAttachDevice('a', xml)).rejects.toThrow(/'sda'/)
    expect(runImages(root)).toEqual([])
  })

  test('a plug whose command died is taken back with its image', async () => {
    const root = testRoot()
    await started(root)
    const hypervisor = await root.open()
    const left = `${image(root, 'plugged')}.TRANSIENT-a-9`
    writeFileSync(left, 'half of it')
    const { id, xml } = await activeRow(root)
    await diedOver(root, 'attach-device', 'plug', {
      plug: [],
      alias: 'scsi0-0-0-0',
      taps: [],
      images: [],
      runImages: [left],
      live: { id, xml },
    })
    await hypervisor.connectListAllDomains()
    expect(await jobsIn(root)).toEqual([])
    expect(runImages(root)).toEqual([])
  })

  test.each([
    [`<readonly/>`, `type='file'`, `file='/x'`, /must not be read-only/],
    [``, `type='block'`, `dev='/dev/x'`, /only with 'file' type/],
    [``, `type='volume'`, `pool='p' volume='v'`, /only with 'file' type/],
  ])('is refused where nothing could forget: %s %s', async (more, type, source, message) => {
    const hypervisor = await testRoot().open()
    const devices = `<disk ${type}><source ${source}/><target dev='vda'/>${more}<transient/></disk>`
    await expect(hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))).rejects.toThrow(
      message,
    )
  })
})
