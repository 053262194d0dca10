import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { writeDisk } from '../support/guest-disk.ts'
import { guestXml } from '../support/real-arch.ts'

interface Started {
  readonly root: TestRoot
  readonly hypervisor: Hypervisor
  readonly disk: string
  path(name: string): string
  /** Has the guest's disk written to, as the guest would. */
  write(pattern: number, offset: number, bytes: number): Promise<void>
}

const size = 8 * 1024 * 1024

async function started(format = 'qcow2'): Promise<Started> {
  const root = testRoot()
  const hypervisor = await root.open()
  const path = (name: string): string => join(root.dir, name)
  const disk = path('disk')
  execFileSync('qemu-img', ['create', '-q', '-f', format, disk, String(size)])
  const devices = `<disk type='file'><driver name='qemu' type='${format}'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await hypervisor.domainCreate('a')
  return {
    root,
    hypervisor,
    disk,
    path,
    write: (pattern, offset, bytes) => writeDisk(hypervisor, pattern, { offset, bytes }),
  }
}

/** What a copy holds at a place, as one byte all through. */
function holds(
  image: string,
  format: string,
  [pattern, offset, bytes]: readonly number[],
): boolean {
  const said = execFileSync(
    'qemu-io',
    ['-r', '-f', format, '-c', `read -P ${pattern} ${offset} ${bytes}`, image],
    { encoding: 'utf8' },
  )
  return !said.includes('Pattern verification failed')
}

const checkpoint = (name: string): string =>
  `<domaincheckpoint><name>${name}</name></domaincheckpoint>`

const push = (file: string, since?: string): string =>
  `<domainbackup>${since === undefined ? '' : `<incremental>${since}</incremental>`}<disks><disk name='vda' type='file'><target file='${file}'/><driver type='qcow2'/></disk></disks></domainbackup>`

const pull = (socket: string, since?: string): string =>
  `<domainbackup mode='pull'>${since === undefined ? '' : `<incremental>${since}</incremental>`}<server transport='unix' socket='${socket}'/></domainbackup>`

describe('a backup whose place is taken', () => {
  test('leaves what is there: an older backup, a disk of the guest, a file that is no socket', async () => {
    const { hypervisor, disk, path, write } = await started()
    await write(0x11, 0, 65_536)
    const old = path('old')
    await hypervisor.domainBackupBegin('a', push(old), { wait: true })
    for (const file of [old, disk]) {
      await expect(hypervisor.domainBackupBegin('a', push(file))).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG',
        message: expect.stringContaining(`store '${file}' for backup of 'vda' exists`),
      })
      expect(existsSync(file)).toBe(true)
    }
    await expect(hypervisor.domainBackupBegin('a', push('old'))).rejects.toThrow(
      "store 'old' for backup of 'vda' is not an absolute path",
    )
    expect(holds(old, 'qcow2', [0x11, 0, 65_536])).toBe(true)
    await expect(hypervisor.domainBackupBegin('a', pull(old))).rejects.toThrow('is no socket')
    expect(existsSync(old)).toBe(true)
    const scratch = pull(path('socket')).replace(
      '</domainbackup>',
      `<disks><disk name='vda' type='file'><scratch file='${old}'/></disk></disks></domainbackup>`,
    )
    await expect(hypervisor.domainBackupBegin('a', scratch)).rejects.toThrow('exists')
    expect(holds(old, 'qcow2', [0x11, 0, 65_536])).toBe(true)
  })
})

describe('a backup that is pushed', () => {
  test('is the disk at one moment; the next one is what was written since', async () => {
    const { root, hypervisor, path, write } = await started()
    await write(0x11, 0, 131_072)
    const [full, more] = [path('full'), path('more')]
    const seen: number[] = []
    await hypervisor.domainBackupBegin('a', push(full), {
      checkpointXml: checkpoint('one'),
      wait: true,
      onProgress: ({ totalBytes }) => seen.push(totalBytes),
    })
    expect(seen.at(-1)).toBe(size)
    expect(statSync(full).mode & 0o777).toBe(0o600)
    await write(0x22, 65_536, 65_536)
    await hypervisor.domainBackupBegin('a', push(more, 'one'), { wait: true })
    expect(await hypervisor.domainGetJobInfo('a')).toBeUndefined()
    const last = await hypervisor.domainGetJobInfo('a', { completed: true })
    expect(last).toMatchObject({ kind: 'backup', operation: 'Backup', phase: 'completed' })
    expect(last?.progress?.processedBytes).toBe(65_536)
    await hypervisor.domainDestroy('a')
    expect(holds(full, 'qcow2', [0x11, 0, 131_072])).toBe(true)
    expect(holds(more, 'qcow2', [0, 0, 65_536])).toBe(true)
    execFileSync('qemu-img', ['rebase', '-u', '-F', 'qcow2', '-b', full, more])
    expect(holds(more, 'qcow2', [0x11, 0, 65_536])).toBe(true)
    expect(holds(more, 'qcow2', [0x22, 65_536, 65_536])).toBe(true)
    expect(root.guests()).toEqual([])
  })

  test('tells what was written since, also where the disk has gone over to another image', async () => {
    const { hypervisor, path, write } = await started()
    const since = async (name: string): Promise<number | undefined> => {
      const file = path(`since-${name}`)
      await hypervisor.domainBackupBegin('a', push(file, name), { wait: true })
      const last = await hypervisor.domainGetJobInfo('a', { completed: true })
      rmSync(file)
      return last?.progress?.processedBytes
    }
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))
    await write(0x11, 0, 65_536)
    await hypervisor.domainBlockCopy('a', 'vda', path('copy'), { format: 'qcow2', wait: true })
    await write(0x22, 1_048_576, 65_536)
    await hypervisor.domainBlockJobAbort('a', 'vda', { pivot: true })
    await write(0x33, 2_097_152, 65_536)
    expect(await since('one')).toBe(3 * 65_536)
    const xml = '<domainsnapshot><name>s</name></domainsnapshot>'
    await hypervisor.domainSnapshotCreateXml('a', xml, { diskOnly: true, noMetadata: true })
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('two'))
    await write(0x44, 3_145_728, 65_536)
    await hypervisor.domainBlockCommit('a', 'vda', { whenReady: 'pivot' })
    await write(0x55, 4_194_304, 65_536)
    expect(await since('two')).toBe(2 * 65_536)
    // What is copied down was written before, but not since the guest had it there.
    expect(await since('one')).toBe(5 * 65_536)
    await hypervisor.domainDestroy('a')
    await hypervisor.domainCreate('a')
    expect(await since('two')).toBe(2 * 65_536)
  })

  test('without a document is beside each image, in raw, and asked for the way it is', async () => {
    const { hypervisor, disk, write, path } = await started('raw')
    await write(0x33, 0, 65_536)
    await hypervisor.domainBackupBegin('a', '<domainbackup/>', { wait: true })
    await expect(hypervisor.domainBackupGetXmlDesc('a')).rejects.toMatchObject({
      code: 'ERR_NO_DOMAIN_BACKUP',
    })
    const xml = `<domainbackup><disks><disk name='vda' type='file'><target file='${path('raw')}'/><driver type='raw'/></disk></disks></domainbackup>`
    await hypervisor.domainBackupBegin('a', xml, { wait: true })
    expect(holds(path('raw'), 'raw', [0x33, 0, 65_536])).toBe(true)
    await expect(
      hypervisor.domainBackupBegin('a', push(path('x')), { checkpointXml: checkpoint('one') }),
    ).rejects.toThrow('checkpoint for disk vda unsupported for storage type raw')
    expect(existsSync(path('x'))).toBe(false)
    expect(existsSync(disk)).toBe(true)
  })

  test('and given up leaves no copy, and its guest as it was', async () => {
    const { hypervisor, path, write } = await started()
    const signal = AbortSignal.abort()
    await expect(
      hypervisor.domainBackupBegin('a', push(path('full')), { wait: true, signal }),
    ).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(existsSync(path('full'))).toBe(false)
    await write(0x11, 0, size)
    await hypervisor.domainBackupBegin('a', push(path('full')))
    await hypervisor.domainAbortJob('a')
    const last = await hypervisor.domainGetJobInfo('a', { completed: true })
    // On a fast machine it was whole before.
    expect(existsSync(path('full'))).toBe(last?.error === undefined)
    rmSync(path('full'), { force: true })
    await hypervisor.domainBackupBegin('a', push(path('full')), { wait: true })
  })
})

describe('a backup that is pulled', () => {
  test('serves the disk as it was when it began, until it is ended', async () => {
    const { hypervisor, path, write } = await started()
    await write(0x11, 0, 65_536)
    const socket = path('nbd.sock')
    await hypervisor.domainBackupBegin('a', pull(socket))
    await write(0x22, 0, 65_536)
    const copy = path('copy')
    const uri = `nbd+unix:///vda?socket=${socket}`
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', uri, copy])
    expect(holds(copy, 'raw', [0x11, 0, 65_536])).toBe(true)
    const xml = await hypervisor.domainBackupGetXmlDesc('a')
    expect(xml).toContain(`<server transport='unix' socket='${socket}'/>`)
    expect(xml).toMatch(
      /<disk name='vda' backup='yes' type='file' backupmode='full' exportname='vda'/,
    )
    const scratch = /<scratch file='([^']+)'/.exec(xml)?.[1] ?? ''
    expect(existsSync(scratch)).toBe(true)
    expect(await hypervisor.domainGetJobInfo('a')).toMatchObject({
      operation: 'Backup',
      temporaryBytes: { total: size },
    })
    await expect(hypervisor.domainBackupBegin('a')).rejects.toThrow('already a backup job')
    await expect(hypervisor.domainManagedSave('a')).rejects.toThrow(/has a pull backup since \d+ s/)
    await hypervisor.domainAbortJob('a')
    for (const file of [scratch, socket]) expect(existsSync(file)).toBe(false)
    expect(await hypervisor.domainGetJobInfo('a')).toBeUndefined()
    await hypervisor.domainManagedSave('a')
  })

  test('tells a reader which blocks were written since a checkpoint', async () => {
    const { hypervisor, path, write } = await started()
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))
    await write(0x22, 1_048_576, 65_536)
    const socket = path('nbd.sock')
    await hypervisor.domainBackupBegin('a', pull(socket, 'one'))
    const options = `driver=nbd,server.type=unix,server.path=${socket},export=vda,x-dirty-bitmap=qemu:dirty-bitmap:backup-vda`
    const map = execFileSync('qemu-img', ['map', '--output=json', '--image-opts', options], {
      encoding: 'utf8',
    })
    const dirty = (JSON.parse(map) as { start: number; length: number; data: boolean }[]).filter(
      ({ data }) => !data,
    )
    expect(dirty).toMatchObject([{ start: 1_048_576, length: 65_536 }])
    await hypervisor.domainAbortJob('a')
    // The checkpoint has gone on recording.
    expect(await hypervisor.domainCheckpointGetXmlDesc('a', 'one', { size: true })).toContain(
      `size='65536'`,
    )
  })

  test('is served on this machine alone', async () => {
    const { hypervisor } = await started()
    const server = (words: string): string =>
      `<domainbackup mode='pull'><server transport='tcp' ${words}/></domainbackup>`
    await expect(hypervisor.domainBackupBegin('a', server(`name='0.0.0.0'`))).rejects.toThrow(
      "/domainbackup/server/@name: '0.0.0.0' is not this machine alone",
    )
    await expect(hypervisor.domainBackupBegin('a', server(`tls='yes'`))).rejects.toThrow('tls')
  })

  test('leaves no scratch file and no socket when its guest is ended', async () => {
    const { hypervisor, path } = await started()
    await hypervisor.domainBackupBegin('a', pull(path('nbd.sock')))
    const xml = await hypervisor.domainBackupGetXmlDesc('a')
    await hypervisor.domainDestroy('a')
    expect(existsSync(path('nbd.sock'))).toBe(false)
    expect(existsSync(/<scratch file='([^']+)'/.exec(xml)?.[1] ?? '')).toBe(false)
  })
})

describe('checkpoints', () => {
  test('are a tree whose bitmaps outlive the run, and none without an orderly end', async () => {
    const { root, hypervisor, path, write } = await started()
    for (const name of ['one', 'two', 'three'])
      await hypervisor.domainCheckpointCreateXml('a', checkpoint(name))
    await hypervisor.domainCheckpointDelete('a', 'two')
    const list = await hypervisor.domainListAllCheckpoints('a')
    expect(list.map(({ name, parent, current }) => [name, parent, current])).toEqual([
      ['one', undefined, false],
      ['three', 'one', true],
    ])
    expect(await hypervisor.domainCheckpointGetXmlDesc('a', 'three', { noDomain: true })).toMatch(
      /^<domaincheckpoint>\n  <name>three<\/name>\n  <parent>\n    <name>one<\/name>\n  <\/parent>\n  <creationTime>\d+<\/creationTime>\n  <disks>\n    <disk name='vda' checkpoint='bitmap' bitmap='three'\/>\n  <\/disks>\n<\/domaincheckpoint>\n$/,
    )
    await write(0x44, 0, 65_536)
    await hypervisor.domainDestroy('a')
    await hypervisor.domainCreate('a')
    await hypervisor.domainBackupBegin('a', push(path('since'), 'one'), { wait: true })
    expect(holds(path('since'), 'qcow2', [0x44, 0, 65_536])).toBe(true)
    const [guest] = root.guests()
    // Not stopProcess: what is told to end first ends in order where it is quick.
    process.kill(guest?.identity.pid ?? process.pid, 'SIGKILL')
    await until(
      () => root.guests(),
      (left) => left.length === 0,
    )
    await hypervisor.domainCreate('a')
    await expect(hypervisor.domainBackupBegin('a', push(path('x'), 'one'))).rejects.toMatchObject({
      code: 'ERR_CHECKPOINT_INCONSISTENT',
    })
    await hypervisor.domainDestroy('a')
    await expect(hypervisor.domainUndefine('a')).rejects.toThrow(
      'cannot delete inactive domain with 2 checkpoints',
    )
    await hypervisor.domainCheckpointDelete('a', 'one', { children: true })
    const info = execFileSync('qemu-img', ['info', '--output=json', path('disk')], {
      encoding: 'utf8',
    })
    expect(info).not.toContain('bitmaps')
    await hypervisor.domainUndefine('a')
  })

  test('are refused by name where they cannot be', async () => {
    const { hypervisor, path } = await started()
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))
    await expect(hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))).rejects.toThrow(
      'domain moment one already exists',
    )
    await expect(hypervisor.domainBackupBegin('a', push(path('x'), 'nope'))).rejects.toThrow(
      "Checkpoint 'nope' for incremental backup of disk 'vda' not found",
    )
    await expect(hypervisor.domainCheckpointDelete('a', 'nope')).rejects.toMatchObject({
      code: 'ERR_NO_DOMAIN_CHECKPOINT',
    })
    await hypervisor.domainDestroy('a')
    await expect(hypervisor.domainCheckpointCreateXml('a', checkpoint('two'))).rejects.toThrow(
      'cannot create checkpoint for inactive domain',
    )
    await expect(hypervisor.domainBackupBegin('a')).rejects.toThrow(
      'cannot perform disk backup for inactive domain',
    )
  })

  test('are told again to a domain whose images have them', async () => {
    const { hypervisor } = await started()
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))
    const xml = await hypervisor.domainCheckpointGetXmlDesc('a', 'one')
    await hypervisor.domainCheckpointDelete('a', 'one', { metadata: true })
    await hypervisor.domainCheckpointCreateXml('a', xml, { redefine: true, validate: true })
    expect(await hypervisor.domainListAllCheckpoints('a')).toMatchObject([{ name: 'one' }])
    const lost = xml.replace('<name>one<', '<name>lost<').replace(`bitmap='one'`, `bitmap='lost'`)
    await expect(
      hypervisor.domainCheckpointCreateXml('a', lost, { redefine: true, validate: true }),
    ).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_INCONSISTENT' })
  })

  test('go with their disk onto a new image above it', async () => {
    const { hypervisor, path, write } = await started()
    await hypervisor.domainCheckpointCreateXml('a', checkpoint('one'))
    await write(0x55, 0, 65_536)
    await hypervisor.domainSnapshotCreateXml('a', '<domainsnapshot/>', { diskOnly: true })
    await write(0x66, 65_536, 65_536)
    await hypervisor.domainBackupBegin('a', push(path('since'), 'one'), { wait: true })
    expect(holds(path('since'), 'qcow2', [0x55, 0, 65_536])).toBe(true)
    expect(holds(path('since'), 'qcow2', [0x66, 65_536, 65_536])).toBe(true)
    await hypervisor.domainBlockCommit('a', 'vda', { wait: true, whenReady: 'pivot' })
    await hypervisor.domainBackupBegin('a', push(path('again'), 'one'), { wait: true })
    expect(holds(path('again'), 'qcow2', [0x66, 65_536, 65_536])).toBe(true)
  })
})

describe('whoever dies over a backup', () => {
  test('has begun none: bitmaps, servers and files are gone with the next look', async () => {
    const { root, hypervisor, disk, path } = await started()
    const { uuid } = await hypervisor.domainLookup('a')
    await hypervisor.domainBackupBegin('a', pull(path('nbd.sock')), {
      checkpointXml: checkpoint('one'),
    })
    const xml = await hypervisor.domainBackupGetXmlDesc('a')
    {
      // As if it had died before it could say so.
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const active = store.get(uuid)?.active
      const { backup, ...facts } = active?.facts ?? {}
      if (active === undefined || backup === undefined) throw new Error('there is no backup')
      const job = store.beginJob(uuid, 'backup-begin')
      store.setPhase(job, 'prepare', { backup, checkpoint: { vda: 'one' } })
      store.setFacts(active, facts)
      store.removeCheckpoint(uuid, 'one')
    }
    await hypervisor.connectListAllDomains()
    const left = await hypervisor.domainQemuMonitorCommand('a', '{"execute":"query-block-exports"}')
    expect(JSON.parse(left)).toMatchObject({ return: [] })
    const blocks = await hypervisor.domainQemuMonitorCommand('a', '{"execute":"query-block"}')
    expect(blocks).not.toContain('"one"')
    expect(existsSync(/<scratch file='([^']+)'/.exec(xml)?.[1] ?? '')).toBe(false)
    expect(existsSync(disk)).toBe(true)
    await hypervisor.domainBackupBegin('a', push(path('full')), { wait: true })
  })

  test('over its end has ended it, as it was when it ended', async () => {
    const { root, hypervisor, path } = await started()
    const { uuid } = await hypervisor.domainLookup('a')
    await hypervisor.domainBackupBegin('a', pull(path('nbd.sock')))
    const scratch = /<scratch file='([^']+)'/.exec(
      await hypervisor.domainBackupGetXmlDesc('a'),
    )?.[1]
    expect(existsSync(scratch ?? '')).toBe(true)
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const backupEnd = { ended: true, processedBytes: 3, totalBytes: 7 }
      store.setPhase(store.beginJob(uuid, 'backup-end'), 'end', { backupEnd })
    }
    await hypervisor.connectListAllDomains()
    expect(existsSync(scratch ?? '')).toBe(false)
    await expect(hypervisor.domainBackupGetXmlDesc('a')).rejects.toMatchObject({
      code: 'ERR_NO_DOMAIN_BACKUP',
    })
    const last = await hypervisor.domainGetJobInfo('a', { completed: true })
    expect(last?.progress).toMatchObject({ processedBytes: 3, totalBytes: 7 })
  })
})
