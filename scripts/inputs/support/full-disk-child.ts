/**
 * All of chapter F, in a mount namespace of its own, where disks can be made small, filled and made
 * read-only without anybody else seeing it. Prints one line of JSON for each number: `{ id, error? }`.
 *
 *   unshare --mount node full-disk-child.ts DIR
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { strict as assert } from 'node:assert'
import { openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { disk, rng } from '../cases/devices.ts'
import { guestXml } from './guest-xml.ts'
import { failure } from './failure.ts'
import { findProcesses } from './rooms.ts'
import { registry } from './testbed.ts'
import { until } from './until.ts'

const [, , dir = ''] = process.argv
const mebibyte = 1024 * 1024

/** A small disk of its own for this folder. */
function mount(path: string, size: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'polyvirt-test', path])
}
/** Read-only for whoever opens something in it from now on. */
function readOnly(path: string): void {
  execFileSync('mount', ['--bind', path, path])
  execFileSync('mount', ['-o', 'remount,bind,ro', path])
}
const writable = (path: string): void => void execFileSync('umount', ['-l', path])
const reopen = (root: string): Promise<Hypervisor> =>
  openHypervisor(`qemu:///embed?root=${root}`, { registry })

/** Takes all the room there is left. */
function fill(path: string): string {
  const file = `${path}/filler`
  for (const size of [mebibyte, 4096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
    } catch {
      continue
    }
  }
  return file
}

interface Root {
  readonly root: string
  readonly hypervisor: Hypervisor
  processes(): number
}

async function inRoot(
  name: string,
  small: Readonly<Record<string, string>>,
  work: (root: Root) => Promise<void>,
): Promise<void> {
  const root = `${dir}/${name}`
  mkdirSync(root, { mode: 0o700 })
  for (const [folder, size] of Object.entries(small)) mount(`${root}/${folder}`, size)
  const hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
  const processes = (): number =>
    findProcesses((argv) => argv.some((word) => word.includes(`${root}/run/`))).length
  try {
    await work({ root, hypervisor, processes })
    for (const { uuid } of await hypervisor.connectListAllDomains({ active: true }))
      await hypervisor.domainDestroy(uuid)
    assert.equal(processes(), 0, 'a process was left')
  } finally {
    for (const { identity } of findProcesses((argv) =>
      argv.some((word) => word.includes(`${root}/`)),
    ))
      process.kill(identity.pid, 'SIGKILL')
    await hypervisor.close()
  }
}

const refused = async (work: Promise<unknown>, says: RegExp): Promise<void> => {
  const error = await failure(work)
  assert.equal((error as Error | undefined)?.name, 'DomainError', (error as Error).message)
  const { message } = error as Error
  assert.match(message, says)
  assert.ok(Buffer.byteLength(message) <= 4096)
}
const full = /disk is full|ENOSPC|No space left/
const big = (text: string): string =>
  guestXml({ more: `<description>${text.repeat(60_000)}</description>` })
const live = { live: true } as const

const cases: Readonly<Record<string, () => Promise<void>>> = {
  'F-01': () =>
    inRoot('f01', { lib: '512k' }, async ({ root, hypervisor }) => {
      await hypervisor.domainDefineXml(guestXml({ name: '<name>old</name>' }))
      const filler = fill(`${root}/lib`)
      await refused(hypervisor.domainDefineXml(big('n')), full)
      assert.deepEqual(
        (await hypervisor.connectListAllDomains()).map(({ name }) => name),
        ['old'],
      )
      rmSync(filler)
      await hypervisor.domainDefineXml(guestXml())
    }),
  'F-02': () =>
    inRoot('f02', { lib: '512k' }, async ({ root, hypervisor }) => {
      const { domain } = await hypervisor.domainDefineXml(guestXml())
      const before = await hypervisor.domainGetXmlDesc('guest')
      const filler = fill(`${root}/lib`)
      const changed = big('n').replace('<name>', `<uuid>${domain.uuid}</uuid><name>`)
      await refused(hypervisor.domainDefineXml(changed), full)
      assert.equal(await hypervisor.domainGetXmlDesc('guest'), before)
      rmSync(filler)
      await hypervisor.domainDefineXml(changed)
    }),
  'F-03': () =>
    inRoot('f03', { lib: '1m' }, async ({ root, hypervisor }) => {
      await hypervisor.domainDefineXml(guestXml())
      readOnly(`${root}/lib`)
      await refused(
        reopen(root).then((other) => other.domainUndefine('guest')),
        /read-?only|EROFS/i,
      )
      assert.equal((await hypervisor.connectListAllDomains()).length, 1)
      writable(`${root}/lib`)
      await hypervisor.domainUndefine('guest')
    }),
  'F-04': () =>
    inRoot('f04', { lib: '512k' }, async ({ root, hypervisor }) => {
      await hypervisor.domainDefineXml(big('x'))
      const before = await hypervisor.domainGetXmlDesc('guest')
      const filler = fill(`${root}/lib`)
      await refused(hypervisor.domainSetMemory('guest', 32_768, { config: true }), full)
      assert.equal(await hypervisor.domainGetXmlDesc('guest'), before)
      await using other = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
      assert.equal(await other.domainGetXmlDesc('guest'), before)
      rmSync(filler)
      await hypervisor.domainSetMemory('guest', 32_768, { config: true })
    }),
  'F-05': () =>
    inRoot('f05', { run: '64k' }, async ({ root, hypervisor, processes }) => {
      await hypervisor.domainDefineXml(guestXml())
      const filler = fill(`${root}/run`)
      await refused(hypervisor.domainCreate('guest'), /./)
      assert.equal(processes(), 0)
      assert.deepEqual(await hypervisor.domainGetState('guest'), {
        state: 'shut off',
        reason: 'failed',
      })
      rmSync(filler)
      await hypervisor.domainCreate('guest')
    }),
  'F-06': () =>
    inRoot('f06', { lib: '512k' }, async ({ root, hypervisor, processes }) => {
      await hypervisor.domainDefineXml(guestXml({ more: '<features><acpi/></features>' }))
      await hypervisor.domainCreate('guest')
      const filler = fill(`${root}/lib`)
      // Whether there is room for it or not: it is done or it is refused, and the guest goes on.
      for (const work of [
        hypervisor.domainSuspend('guest'),
        hypervisor.domainAttachDevice('guest', rng(''), live),
      ]) {
        const error = await failure(work)
        if (error !== undefined)
          assert.equal((error as Error).name, 'DomainError', (error as Error).message)
      }
      assert.equal(processes(), 1)
      rmSync(filler)
      const { state } = await hypervisor.domainGetState('guest')
      assert.match(state, /running|paused/)
      await hypervisor.domainResume('guest').catch(() => undefined)
      await hypervisor.domainSuspend('guest')
    }),
  'F-07': () =>
    inRoot('f07', { log: '64k' }, async ({ root, hypervisor }) => {
      await hypervisor.domainDefineXml(guestXml())
      fill(`${root}/log`)
      await hypervisor.domainCreate('guest')
      assert.equal((await hypervisor.domainGetState('guest')).state, 'running')
    }),
  'F-11': () =>
    inRoot(
      'f11',
      { lib: '1m', run: '1m', log: '1m', cache: '4m' },
      async ({ root, hypervisor }) => {
        await hypervisor.domainDefineXml(guestXml())
        await hypervisor.domainCreate('guest')
        for (const folder of ['lib', 'run', 'log', 'cache']) readOnly(`${root}/${folder}`)
        const say = /read-?only|EROFS/i
        await refused(
          reopen(root).then((other) => other.domainDefineXml(guestXml({ name: '<name>x</name>' }))),
          say,
        )
        assert.equal((await hypervisor.connectListAllDomains()).length, 1)
        for (const folder of ['lib', 'run', 'log', 'cache']) writable(`${root}/${folder}`)
        assert.equal((await hypervisor.domainGetState('guest')).state, 'running')
      },
    ),
  'F-12': () =>
    inRoot('f12', { tmp: '4k' }, async ({ root, hypervisor }) => {
      const { TMPDIR } = process.env
      process.env['TMPDIR'] = `${root}/tmp`
      fill(`${root}/tmp`)
      try {
        await hypervisor.domainDefineXml(guestXml())
        await hypervisor.domainCreate('guest')
        await hypervisor.domainManagedSave('guest')
      } finally {
        if (TMPDIR === undefined) delete process.env['TMPDIR']
        else process.env['TMPDIR'] = TMPDIR
      }
    }),
  'F-13': () =>
    inRoot('f13', { images: '2m' }, async ({ root, hypervisor }) => {
      const path = `${root}/images/thin.img`
      const sector = Buffer.alloc(512)
      // Writes 64 sectors after the other to the first disk, by the firmware (INT 13h, AH=43h).
      Buffer.from('31c08ed8be207cb44330c0b280cd13668106287c40000000ebea', 'hex').copy(sector)
      Buffer.from('1000400000800000', 'hex').copy(sector, 0x20)
      sector.writeUInt32LE(64, 0x28)
      sector.writeUInt16LE(0xaa55, 510)
      writeFileSync(path, sector, { mode: 0o600 })
      execFileSync('truncate', ['-s', '64M', path])
      await hypervisor.domainDefineXml(guestXml({ devices: disk(path) }))
      await hypervisor.domainCreate('guest')
      const state = await until(
        () => hypervisor.domainGetState('guest'),
        (found) => found.state === 'paused',
        30_000,
      )
      assert.deepEqual(state, { state: 'paused', reason: 'I/O error' })
      execFileSync('mount', ['-o', 'remount,size=8m', `${root}/images`])
      await hypervisor.domainResume('guest')
      assert.match((await hypervisor.domainGetState('guest')).state, /running|paused/)
    }),
  'F-14': () =>
    inRoot('f14', { images: '1536k' }, async ({ root, hypervisor }) => {
      const path = `${root}/images/base.img`
      writeFileSync(path, Buffer.alloc(mebibyte), { mode: 0o600 })
      await hypervisor.domainDefineXml(guestXml({ devices: disk(path) }))
      await hypervisor.domainCreate('guest')
      fill(`${root}/images`)
      const overlay = `${root}/images/over.q`
      const xml = `<domainsnapshot><name>s</name><disks><disk name='vda' snapshot='external'><source file='${overlay}'/></disk></disks></domainsnapshot>`
      await refused(hypervisor.domainSnapshotCreateXml('guest', xml, { diskOnly: true }), /./)
      assert.equal(existsSync(overlay), false, 'half an overlay was left')
      assert.deepEqual(await hypervisor.domainListAllSnapshots('guest'), [])
      assert.equal((await hypervisor.domainGetState('guest')).state, 'running')
    }),
  'F-15': () =>
    inRoot('f15', { images: '128k' }, async ({ root, hypervisor }) => {
      await hypervisor.domainDefineXml(guestXml())
      await hypervisor.domainCreate('guest')
      const file = `${root}/images/guest.save`
      await refused(hypervisor.domainSave('guest', file), /./)
      assert.deepEqual(readdirSync(`${root}/images`), [])
      assert.equal((await hypervisor.domainGetState('guest')).state, 'running')
    }),
  'F-16': () =>
    inRoot('f16', { cache: '64k' }, async ({ root, hypervisor }) => {
      fill(`${root}/cache`)
      await hypervisor.domainDefineXml(guestXml())
      rmSync(`${root}/cache/filler`)
      readOnly(`${root}/cache`)
      await using other = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
      await other.domainCreate('guest')
    }),
  'F-18': () =>
    inRoot('f18', {}, async ({ hypervisor }) => {
      await hypervisor.domainDefineXml(guestXml({ memory: `<memory unit='PiB'>7</memory>` }))
      await refused(hypervisor.domainCreate('guest'), /process exited|annot allocate/)
      assert.deepEqual(await hypervisor.domainGetState('guest'), {
        state: 'shut off',
        reason: 'failed',
      })
      await hypervisor.domainUndefine('guest')
      await hypervisor.domainDefineXml(guestXml())
      await hypervisor.domainCreate('guest')
      const { pid = 0 } = await hypervisor.domainGetInfo('guest')
      process.kill(pid, 'SIGKILL')
      const state = await until(
        () => hypervisor.domainGetState('guest'),
        (found) => found.state === 'shut off',
      )
      assert.deepEqual(state, { state: 'shut off', reason: 'crashed' })
    }),
}

assert.ok(statSync(dir).isDirectory())
for (const [id, run] of Object.entries(cases)) {
  const error = await failure(run())
  const said =
    error === undefined ? {} : { error: (error as Error).stack ?? 'an error without a story' }
  process.stdout.write(`${JSON.stringify({ id, ...said })}\n`)
}
process.exit(0)
