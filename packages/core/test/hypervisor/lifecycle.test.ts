import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import type { ActiveRow } from '../../src/store/index.ts'
import { identify } from '../../src/run/index.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import type { GuestKind } from '../support/real-arch.ts'
import { runFolders, testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'

/** What is stored of the one guest that runs. */
async function activeRow(root: TestRoot): Promise<ActiveRow> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  const active = store.list().find((record) => record.active !== undefined)?.active
  if (active === undefined) throw new Error('nothing runs')
  return active
}

/** Changes what is stored, as a crash or another process might have. */
async function rewrite(root: TestRoot, sql: string): Promise<void> {
  const { openDatabase } = await import('../../src/store/database.ts')
  const database = await openDatabase(join(root.dir, 'lib/polyvirt.db'))
  database.write(() => database.exec(sql))
}

describe('the life of a guest', () => {
  test('it starts, runs, pauses, goes on, is reset and stops; another process sees each step', async () => {
    const root = testRoot()
    const [one, two] = [await root.open(), await root.open()]
    await one.domainDefineXml(guestXml({ name: 'a' }))
    const phases: string[] = []
    const started = await one.domainCreate('a', { onPhase: (phase) => phases.push(phase) })
    expect(phases).toEqual(['plan', 'spawn', 'monitor', 'running'])
    expect(started).toMatchObject({ state: 'running', reason: 'booted', id: 1 })
    expect(await two.connectListAllDomains()).toMatchObject([
      { name: 'a', id: 1, state: 'running' },
    ])
    expect(await two.domainGetXmlDesc('1')).toContain(`<domain type='qemu' id='1'>`)
    await expect(two.domainCreate('a')).rejects.toMatchObject({
      code: 'ERR_OPERATION_INVALID',
      message: 'Requested operation is not valid: domain is already running',
    })
    await two.domainSuspend('a')
    expect(await one.domainGetState('a')).toEqual({ state: 'paused', reason: 'user' })
    await one.domainResume('a')
    expect(await two.domainGetState('a')).toEqual({ state: 'running', reason: 'unpaused' })
    await expect(two.domainResume('a')).rejects.toThrow('domain is already running')
    await two.domainReset('a')
    const info = await one.domainGetInfo('a')
    expect(info).toMatchObject({
      maxMemoryKiB: 16_384,
      vcpus: 1,
      pid: root.guests()[0]?.identity.pid,
    })
    await two.domainDestroy('a')
    expect(await one.domainGetState('a')).toEqual({ state: 'shut off', reason: 'destroyed' })
    expect(root.guests()).toEqual([])
    expect(runFolders(root)).toEqual([])
    await expect(one.domainDestroy('a')).rejects.toMatchObject({
      message: 'Requested operation is not valid: domain is not running',
    })
  })

  test('a transient guest is gone when it stops', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const { domain } = await hypervisor.domainCreateXml(guestXml({ name: 'a' }), { paused: true })
    expect(domain).toMatchObject({ persistent: false, state: 'paused', reason: 'user' })
    await hypervisor.domainDestroy('a')
    expect(await hypervisor.connectListAllDomains()).toEqual([])
  })

  interface Ending {
    readonly kind: GuestKind
    readonly more: string
    readonly state: string
    readonly reason: string
    /** How the QEMU of a guest that goes on is told from a fresh one. */
    readonly lives?: boolean
  }
  const panics = (action: string): string => `<on_crash>${action}</on_crash>`
  const endings: Readonly<Record<string, Ending>> = {
    'a power-off ends it': { kind: 'poweroff', more: '', state: 'shut off', reason: 'shutdown' },
    'a power-off that is to be preserved': {
      kind: 'poweroff',
      more: '<on_poweroff>preserve</on_poweroff>',
      state: 'paused',
      reason: 'shutting down',
      lives: true,
    },
    'a reboot that is to end it': {
      kind: 'reset',
      more: '<on_reboot>destroy</on_reboot>',
      state: 'shut off',
      reason: 'shutdown',
    },
    'a panic ends it': {
      kind: 'panic',
      more: panics('destroy'),
      state: 'shut off',
      reason: 'crashed',
    },
    'a panic that is to be preserved': {
      kind: 'panic',
      more: panics('preserve'),
      state: 'crashed',
      reason: 'panicked',
      lives: true,
    },
  }
  const endingOf = (name: string): Ending => {
    const found = endings[name]
    if (found === undefined) throw new Error(name)
    return found
  }
  const run = async (names: readonly string[]): Promise<void> => {
    const root = testRoot()
    const hypervisor = await root.open()
    for (const [i, name] of names.entries()) {
      const { kind, more } = endingOf(name)
      const devices = kind === 'panic' ? `<panic model='isa'/>` : ''
      await hypervisor.domainDefineXml(
        guestXml({
          name: `g${i}`,
          disk: guestDisk(mkdtempSync(`${root.dir}/`), kind),
          more,
          devices,
        }),
      )
      await hypervisor.domainCreate(`g${i}`)
    }
    for (const [i, name] of names.entries()) {
      const { state, reason } = endingOf(name)
      const seen = await until(
        () => hypervisor.domainGetState(`g${i}`),
        (now) => now.state === state && now.reason === reason,
        40_000,
      )
      expect([name, seen]).toEqual([name, { state, reason }])
    }
    const alive = names.filter((name) => endings[name]?.lives === true)
    expect(root.guests()).toHaveLength(alive.length)
    expect(runFolders(root)).toHaveLength(alive.length)
  }
  test('a guest that ends by itself ends as its definition says', { timeout: 60_000 }, async () => {
    await run(Object.keys(endings))
  })

  test('a guest that is to start again does so in the same QEMU', { timeout: 60_000 }, async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(
      guestXml({
        name: 'a',
        disk: guestDisk(root.dir, 'panic'),
        more: panics('restart'),
        devices: `<panic model='isa'/>`,
      }),
    )
    await hypervisor.domainCreate('a')
    const before = root.guests().map((guest) => guest.identity.pid)
    const seen = await until(
      () => hypervisor.domainGetState('a'),
      (now) => now.reason === 'crashed',
      40_000,
    )
    expect(seen).toEqual({ state: 'running', reason: 'crashed' })
    expect(root.guests().map((guest) => guest.identity.pid)).toEqual(before)
  })

  test('a guest that runs says what memory its machine has, which comes in steps', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const odd = guestXml({ name: 'a' }).replace("unit='MiB'>16<", "unit='KiB'>16000<")
    await hypervisor.domainDefineXml(odd)
    await hypervisor.domainCreate('a')
    expect(await hypervisor.domainGetInfo('a')).toMatchObject({
      maxMemoryKiB: 16_384,
      memoryKiB: 16_384,
    })
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('>16384</memory>')
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain('>16000</memory>')
    await hypervisor.domainDestroy('a')
  })

  test('a QEMU that is killed has crashed, and its guest starts again', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    await hypervisor.domainCreate('a')
    process.kill(root.guests()[0]?.identity.pid ?? 0, 'SIGKILL')
    await until(
      () => root.guests().length,
      (count) => count === 0,
    )
    expect(await hypervisor.connectListAllDomains()).toMatchObject([
      { state: 'shut off', reason: 'crashed' },
    ])
    expect(runFolders(root)).toEqual([])
    expect(await hypervisor.domainCreate('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainDestroy('a')
  })
})

describe('a start that fails', () => {
  const failures: Readonly<Record<string, (dir: string) => readonly [xml: string, says: string]>> =
    {
      'P-22 a missing disk': () => [
        guestXml({ name: 'a', disk: '/nope/x.img' }),
        `/domain/devices/disk[1]/source/@file: '/nope/x.img' does not exist`,
      ],
      'P-24 a directory as disk': (dir) => [guestXml({ name: 'a', disk: dir }), 'is a directory'],
      'P-26 a device as file': () => [
        guestXml({ name: 'a', disk: '/dev/null' }),
        'not a regular file',
      ],
      'P-28 raw given as qcow2': (dir) => [
        guestXml({
          name: 'a',
          devices: `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${guestDisk(dir, 'idle')}'/><target dev='vda'/></disk>`,
        }),
        'Image is not in qcow2 format',
      ],
      'U-24 more memory than there is': () => [
        guestXml({ name: 'a' }).replace(`'MiB'>16<`, `'PiB'>7<`),
        'process exited with status 1',
      ],
      'an argument that QEMU does not know': () => [
        guestXml({
          name: 'a',
          more: `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-nope'/></qemu:commandline>`,
        }),
        '-nope: invalid option',
      ],
      'P-19 a channel whose socket gets too long a path': () => [
        guestXml({
          name: 'a',
          devices: `<channel type='unix'><target type='virtio' name='${'x'.repeat(90)}'/></channel>`,
        }),
        'at most 107 are possible',
      ],
    }
  test.each(Object.entries(failures))('%s: nothing is left of it', async (_, make) => {
    const root = testRoot()
    const hypervisor = await root.open()
    const [xml, says] = make(root.dir)
    await hypervisor.domainDefineXml(xml)
    const error: unknown = await hypervisor.domainCreate('a').catch((cause: unknown) => cause)
    expect(error).toMatchObject({ message: expect.stringContaining(says) })
    expect(Buffer.byteLength((error as Error).message)).toBeLessThanOrEqual(4096)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'failed' })
    expect(root.guests()).toEqual([])
    expect(runFolders(root)).toEqual([])
    await expect(
      hypervisor.domainCreateXml(
        xml.replaceAll('<name>a<', '<name>t<').replace('<uuid>0', '<uuid>1'),
      ),
    ).rejects.toThrow(says)
    expect(await hypervisor.connectListAllDomains()).toHaveLength(1)
  })

  test('Q-01 a QEMU that never greets is given up when the caller says so, and does not stay', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    const controller = new AbortController()
    const stuck = hypervisor.domainCreate('a', {
      signal: controller.signal,
      onPhase: (phase) => void (phase === 'monitor' && setTimeout(() => controller.abort(), 100)),
    })
    // One that is stopped is as mute as one that is broken.
    const [guest] = await until(
      () => root.guests(),
      (found) => found.length === 1,
    )
    process.kill(guest?.identity.pid ?? 0, 'SIGSTOP')
    await stuck.catch(() => undefined)
    await hypervisor.domainDestroy('a').catch(() => undefined)
    expect(root.guests()).toEqual([])
    expect(runFolders(root)).toEqual([])
  })
})

describe("trouble that is ours is not the guest's", () => {
  test('Q-26 a QEMU that stands still: its last state answers soon, others are not held up', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    await hypervisor.domainCreate('a')
    const pid = root.guests()[0]?.identity.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    const begin = performance.now()
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'running', reason: 'booted' })
    expect(await hypervisor.connectListAllDomains()).toMatchObject([
      { name: 'a', state: 'running' },
    ])
    expect(performance.now() - begin).toBeLessThan(8000)
    process.kill(pid, 'SIGCONT')
    await hypervisor.domainSuspend('a')
    await hypervisor.domainDestroy('a')
  })

  test('S-08 a monitor socket that is gone: the guest runs on and can be destroyed', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    await hypervisor.domainCreate('a')
    rmSync((await activeRow(root)).monitor)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(root.guests()).toHaveLength(1)
    await hypervisor.domainDestroy('a')
    expect(root.guests()).toEqual([])
  })

  test('S-07 a damaged record is of a guest that runs, and can be ended', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    await hypervisor.domainDefineXml(guestXml({ name: 'b' }))
    await hypervisor.domainCreate('a')
    await rewrite(root, `UPDATE active SET facts = '{', argv = '['`)
    expect(
      (await hypervisor.connectListAllDomains()).map(({ name, state }) => [name, state]),
    ).toEqual([
      ['a', 'running'],
      ['b', 'shut off'],
    ])
    await hypervisor.domainDestroy('a')
    expect(root.guests()).toEqual([])
  })

  test("S-01 a pid that is somebody else's by now is never signalled", async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    await hypervisor.domainCreate('a')
    const qemu = root.guests()[0]
    // This test's own parent takes the part of the innocent process.
    await rewrite(root, `UPDATE active SET pid = ${process.ppid}`)
    await expect(hypervisor.domainDestroy('a')).rejects.toThrow('domain is not running')
    expect(identify(process.ppid)).toBeDefined()
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
    // The run's own group is still known: where there is one, nothing is left in it.
    const left = qemu === undefined ? undefined : identify(qemu.identity.pid)
    if (left !== undefined) process.kill(left.pid, 'SIGKILL')
  })

  test("S-10 a monitor that is another guest's is not spoken to", async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    for (const name of ['a', 'b']) {
      await hypervisor.domainDefineXml(guestXml({ name }))
      await hypervisor.domainCreate(name)
    }
    await rewrite(
      root,
      'UPDATE active SET monitor = (SELECT monitor FROM active WHERE id = 2) WHERE id = 1',
    )
    await expect(hypervisor.domainSuspend('a')).rejects.toThrow('belongs to another guest')
    expect(await hypervisor.domainGetState('b')).toEqual({ state: 'running', reason: 'booted' })
    for (const name of ['a', 'b']) await hypervisor.domainDestroy(name)
  })
})

test('R-13 displays that are started at one moment find a port each', async () => {
  const root = testRoot()
  const devices = `<graphics type='vnc' autoport='yes'/>`
  const names = ['a', 'b', 'c', 'd']
  const connections = await Promise.all(names.map(() => root.open()))
  for (const name of names) await connections[0]?.domainDefineXml(guestXml({ name, devices }))
  await Promise.all(names.map((name, i) => connections[i]?.domainCreate(name)))
  const infos = await Promise.all(names.map((name) => connections[0]?.domainGetInfo(name)))
  expect(new Set(infos.flatMap((info) => info?.displays)).size).toBe(names.length)
})

test('a display for browsers has a free port of its own, beside one that is named as well', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  const vnc = (name: string, port: string): string =>
    guestXml({ name, devices: `<graphics type='vnc' ${port} websocket='-1'/>` })
  for (const xml of [vnc('a', "autoport='yes'"), vnc('b', "port='6123' autoport='no'")])
    await hypervisor.domainDefineXml(xml)
  const found: string[] = []
  for (const name of ['a', 'b']) {
    await hypervisor.domainCreate(name)
    const live = await hypervisor.domainGetXmlDesc(name)
    found.push(/ websocket='(\d+)'/.exec(live)?.[1] ?? '')
    expect(await hypervisor.domainGetXmlDesc(name, { inactive: true })).toContain("websocket='-1'")
  }
  expect(found.every((port) => Number(port) >= 5700)).toBe(true)
  expect(new Set(found).size).toBe(2)
  for (const name of ['a', 'b']) await hypervisor.domainDestroy(name)
})
