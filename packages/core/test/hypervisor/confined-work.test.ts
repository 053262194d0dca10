import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { findUser, missingCapabilities } from '../../src/run/run-user.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

/** Everything about another user needs root, and its powers. */
const can =
  process.geteuid?.() === 0 &&
  missingCapabilities('CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN').length === 0

const nobody = findUser('nobody')

interface Confined {
  readonly root: TestRoot
  readonly hypervisor: Hypervisor
  readonly disk: string
  path(name: string): string
}

/** A guest whose QEMU is nobody, with a qcow2 disk and a drive, all root's own. */
async function started(): Promise<Confined> {
  const root = testRoot()
  chmodSync(root.dir, 0o711)
  const path = (name: string): string => join(root.dir, 'images', name)
  mkdirSync(join(root.dir, 'images'), { mode: 0o711 })
  chmodSync(join(root.dir, 'images'), 0o711)
  const disk = path('disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '1M'])
  chmodSync(disk, 0o600)
  const hypervisor = await root.open({}, '&user=nobody')
  const devices = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='scsi'/><readonly/></disk><controller type='scsi' index='0' model='virtio-scsi'/>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await hypervisor.domainCreate('a')
  return { root, hypervisor, disk, path }
}

const notRun = can ? '' : ': not run, it needs root with CAP_SETUID, CAP_SETGID and CAP_CHOWN'

describe('a QEMU of another user', () => {
  test(`is saved, restored, and put away with its domain${notRun}`, async () => {
    if (!can) return
    const { hypervisor, disk, path } = await started()
    await hypervisor.domainSave('a', path('a.save'))
    expect(statSync(path('a.save')).uid).toBe(0)
    expect(statSync(disk).uid).toBe(0)
    await hypervisor.domainRestore(path('a.save'))
    expect(statSync(disk).uid).toBe(nobody?.uid)
    await hypervisor.domainManagedSave('a')
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'saved' })
    await hypervisor.domainCreate('a')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ reason: 'restored' })
  })

  test(`leaves its memory in a file of its manager alone, and says which folder is closed${notRun}`, async () => {
    if (!can) return
    const { root, hypervisor, path } = await started()
    await hypervisor.domainCoreDump('a', path('core'))
    const { uid, mode, size } = statSync(path('core'))
    expect([uid, mode & 0o777]).toEqual([0, 0o600])
    expect(size).toBeGreaterThan(16 * 1024 * 1024)
    const closed = join(root.dir, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    await expect(hypervisor.domainCoreDump('a', join(closed, 'core'))).rejects.toThrow(
      `QEMU runs as 'nobody', which cannot enter '${closed}'`,
    )
    expect(existsSync(join(closed, 'core'))).toBe(false)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test(`keeps its state inside its images, and goes back to it${notRun}`, async () => {
    if (!can) return
    const { hypervisor } = await started()
    const xml = (name: string): string => `<domainsnapshot><name>${name}</name></domainsnapshot>`
    await hypervisor.domainSnapshotCreateXml('a', xml('one'))
    await hypervisor.domainRevertToSnapshot('a', 'one')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainSnapshotDelete('a', 'one')
  })

  test(`gets new images above its own, commits them, and lets go of them${notRun}`, async () => {
    if (!can) return
    const { hypervisor, disk, path } = await started()
    await hypervisor.domainSnapshotCreateXml(
      'a',
      '<domainsnapshot><name>above</name></domainsnapshot>',
      { diskOnly: true },
    )
    const overlay = path('disk.above')
    expect([statSync(overlay).uid, statSync(overlay).mode & 0o777]).toEqual([nobody?.uid, 0o600])
    await hypervisor.domainBlockCommit('a', 'vda', { wait: true, whenReady: 'pivot' })
    expect(statSync(overlay).uid).toBe(0)
    expect(statSync(disk).uid).toBe(nobody?.uid)
  })

  test(`writes to a transient disk into an image of its own, and only until it ends${notRun}`, async () => {
    if (!can) return
    const { hypervisor, disk, path } = await started()
    await hypervisor.domainDestroy('a')
    const xml = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainDefineXml(
      xml.replace(
        "<target dev='vda' bus='virtio'/>",
        "<target dev='vda' bus='virtio'/><transient/>",
      ),
    )
    await hypervisor.domainCreate('a')
    const [own = ''] = readdirSync(path('.')).filter((name) => name.includes('.TRANSIENT-'))
    const { uid, mode } = statSync(path(own))
    expect([uid, mode & 0o777]).toEqual([nobody?.uid, 0o600])
    await hypervisor.domainDestroy('a')
    expect(existsSync(path(own))).toBe(false)
    expect(statSync(disk).uid).toBe(0)
  })

  test(`is mirrored to a new file, and goes over to it${notRun}`, async () => {
    if (!can) return
    const { hypervisor, disk, path } = await started()
    await hypervisor.domainBlockCopy('a', 'vda', path('copy.qcow2'), {
      wait: true,
      whenReady: 'pivot',
    })
    expect(statSync(path('copy.qcow2')).uid).toBe(nobody?.uid)
    expect(statSync(disk).uid).toBe(0)
    await hypervisor.domainDestroy('a')
    expect(statSync(path('copy.qcow2')).uid).toBe(0)
  })

  test(`reads a medium that only root could, for as long as it is in${notRun}`, async () => {
    if (!can) return
    const { hypervisor, path } = await started()
    const [one, two] = [path('one.iso'), path('two.iso')]
    for (const file of [one, two]) {
      writeFileSync(file, Buffer.alloc(64 * 1024), { mode: 0o600 })
      chownSync(file, 0, 0)
    }
    await hypervisor.domainChangeMedia('a', 'sda', { source: one, action: 'insert' })
    expect(statSync(one).uid).toBe(nobody?.uid)
    await hypervisor.domainChangeMedia('a', 'sda', { source: two, action: 'update' })
    expect([statSync(one).uid, statSync(two).uid]).toEqual([0, nobody?.uid])
  })

  test(`moves to another root whose QEMU is the same user${notRun}`, async () => {
    if (!can) return
    const { root, hypervisor, disk } = await started()
    const to = testRoot()
    chmodSync(to.dir, 0o711)
    await hypervisor.domainMigrate('a', `${to.uri}&user=nobody`, { live: true })
    expect(root.guests()).toEqual([])
    expect(to.guests()).toHaveLength(1)
    await hypervisor.connectListAllDomains()
    expect(statSync(disk).uid).toBe(nobody?.uid)
    const there = await to.open({}, '&user=nobody')
    await there.domainDestroy('a')
    expect(statSync(disk).uid).toBe(0)
  })

  test(`still has its images when it could not move${notRun}`, async () => {
    if (!can) return
    const { hypervisor, disk } = await started()
    const to = testRoot()
    chmodSync(to.dir, 0o711)
    const late = new AbortController()
    const given = hypervisor.domainMigrate('a', `${to.uri}&user=nobody`, {
      live: true,
      bandwidthBytes: 1000,
      signal: late.signal,
      onProgress: () => late.abort(),
    })
    await expect(given).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(statSync(disk).uid).toBe(nobody?.uid)
    await hypervisor.domainDestroy('a')
    expect(statSync(disk).uid).toBe(0)
  })

  test(`has its disks copied and served, and its memory put beside them${notRun}`, async () => {
    if (!can) return
    const { root, hypervisor, path } = await started()
    const xml = `<domainbackup><disks><disk name='vda' type='file'><target file='${path('full')}'/></disk></disks></domainbackup>`
    await hypervisor.domainBackupBegin('a', xml, { wait: true })
    expect([statSync(path('full')).uid, statSync(path('full')).mode & 0o777]).toEqual([0, 0o600])
    await hypervisor.domainBackupBegin('a', `<domainbackup mode='pull'/>`)
    const socket = join(root.dir, 'run/domain-1-a/backup.sock')
    const uri = `nbd+unix:///vda?socket=${socket}`
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', uri, path('copy')])
    await hypervisor.domainAbortJob('a')
    await hypervisor.domainSnapshotCreateXml(
      'a',
      `<domainsnapshot><name>m</name><memory snapshot='external' file='${path('mem')}'/></domainsnapshot>`,
    )
    expect(statSync(path('mem')).uid).toBe(0)
    await hypervisor.domainRevertToSnapshot('a', 'm')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainSnapshotDelete('a', 'm')
    await hypervisor.domainDestroy('a')
    expect(statSync(path('disk.qcow2')).uid).toBe(0)
  })

  test(`does not begin to move where yet another user's QEMU would shut it out of its images${notRun}`, async () => {
    if (!can) return
    const { root, hypervisor, disk } = await started()
    const to = testRoot()
    chmodSync(to.dir, 0o711)
    const move = (): Promise<unknown> =>
      hypervisor.domainMigrate('a', `${to.uri}&user=daemon`, { live: true })
    await expect(move()).rejects.toMatchObject({
      code: 'ERR_OPERATION_UNSUPPORTED',
      message: expect.stringContaining(
        `/domain/devices/disk[1]: QEMU runs as 'nobody' here and as 'daemon' there, and '${disk}' (mode 600) opens for one of them alone, which both need while the guest is handed over: have QEMU run as 'nobody' there (user=nobody in the URI), let others read the image, or have it copied`,
      ),
    })
    expect([root.guests().length, statSync(disk).uid]).toEqual([1, nobody?.uid])
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    chmodSync(disk, 0o644)
    await move()
    expect([root.guests().length, to.guests().length]).toEqual([0, 1])
    expect(statSync(disk).uid).toBe(findUser('daemon')?.uid)
  })

  test(`takes its disks along to a root of yet another user${notRun}`, async () => {
    if (!can) return
    const { root, hypervisor, disk } = await started()
    const to = testRoot()
    chmodSync(to.dir, 0o711)
    const copy = join(to.dir, 'disk.qcow2')
    const xml = (await hypervisor.domainGetXmlDesc('a')).replaceAll(disk, copy)
    await hypervisor.domainMigrate('a', `${to.uri}&user=daemon`, {
      live: true,
      copyStorage: 'all',
      xml,
    })
    expect(root.guests()).toEqual([])
    expect(statSync(copy).uid).toBe(findUser('daemon')?.uid)
    await hypervisor.connectListAllDomains()
    expect(statSync(disk).uid).toBe(0)
    const there = await to.open({}, '&user=daemon')
    await there.domainDestroy('a')
    expect(statSync(copy).uid).toBe(0)
  })
})
