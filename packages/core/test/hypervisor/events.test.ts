import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { DomainEvent, Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { ownIdentity } from '../../src/run/process-identity.ts'
import { openStore } from '../../src/store/index.ts'
import { definition, uuid } from '../support/definitions.ts'
import { greeting } from '../support/fake-peer.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import { disk, image, scsi, started } from './plugged-guest.ts'

interface Heard {
  readonly events: readonly DomainEvent[]
  readonly words: () => readonly string[]
  stop(): Promise<void>
}

/** Listens until the test ends, in a connection of its own. */
async function listen(root: TestRoot): Promise<Heard> {
  const hypervisor = await root.open()
  const done = new AbortController()
  const events: DomainEvent[] = []
  const ended = (async () => {
    for await (const event of hypervisor.domainEvents({ signal: done.signal })) events.push(event)
  })()
  const stop = async (): Promise<void> => {
    done.abort()
    await ended
  }
  onTestFinished(stop)
  // The first look has been taken when a change that follows it is told.
  await hypervisor.domainDefineXml(guestXml({ name: 'probe' }))
  await until(
    async () => {
      await hypervisor.domainSetAutostart('probe', false)
      return events.length
    },
    () => true,
  )
  return {
    events,
    words: () =>
      events
        .filter(({ domain }) => domain.name !== 'probe')
        .map((one) => ('detail' in one ? `${one.event} ${one.detail}` : one.event)),
    stop,
  }
}

/** In place of a QEMU's: greets everybody, answers as one that runs, and says what it is told to. */
async function fakeMonitor(
  path: string,
): Promise<{ say(lines: readonly string[]): Promise<void> }> {
  rmSync(path)
  const clients = new Set<Socket>()
  const server = createServer((socket) => {
    clients.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => clients.delete(socket))
    socket.write(`${JSON.stringify(greeting)}\r\n`)
    socket.on('data', (bytes: Buffer) => {
      for (const [, id] of bytes.toString().matchAll(/"id":"([^"]+)"/g))
        socket.write(
          `{"return":{"status":"running","running":true,"singlestep":false},"id":"${id}"}\r\n`,
        )
    })
  })
  server.listen(path)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of clients) socket.destroy()
    server.close()
  })
  return {
    // QEMU talks to one at a time.
    async say(lines) {
      const [first] = await until(
        async () => [...clients],
        ({ length }) => length > 0,
      )
      first?.write(lines.map((line) => `${line}\r\n`).join(''))
    },
  }
}

const has = (word: string) => (words: readonly string[]) => words.includes(word)

async function defined(root: TestRoot, kind: 'idle' | 'reset' = 'idle'): Promise<Hypervisor> {
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, kind) }))
  return hypervisor
}

describe('events of all domains', () => {
  test('end with the connection, in the middle of whatever they are at', async () => {
    const root = testRoot()
    for (let pause = 0; pause < 4; pause++) {
      const hypervisor = await root.open()
      if (pause === 0) await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
      const ended = (async () => {
        for await (const { event } of hypervisor.domainEvents()) expect(event).toBeDefined()
      })()
      for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate)
      await hypervisor.close()
      await ended
    }
  })

  test('are told as others make them happen, each once, to everybody who listens', async () => {
    const root = testRoot()
    const [one, two] = [await listen(root), await listen(root)]
    const hypervisor = await defined(root)
    await hypervisor.domainCreate('a')
    await hypervisor.domainSuspend('a')
    await until(one.words, has('suspended user'))
    await hypervisor.domainResume('a')
    await until(one.words, has('resumed unpaused'))
    await hypervisor.domainDestroy('a')
    for (const heard of [one, two]) await until(heard.words, has('stopped destroyed'))
    await hypervisor.domainUndefine('a')
    const all = [
      'defined added',
      'started booted',
      'suspended user',
      'resumed unpaused',
      'stopped destroyed',
      'undefined removed',
    ]
    for (const heard of [one, two]) {
      await until(heard.words, has('undefined removed'))
      expect(heard.words()).toEqual(all)
    }
  })

  test('tell of what QEMU does by itself, and of its death, without anybody asking', async () => {
    const root = testRoot()
    const hypervisor = await defined(root)
    await hypervisor.domainCreate('a')
    const [one, two] = [await listen(root), await listen(root)]
    // Behind the manager's back.
    await hypervisor.domainQemuMonitorCommand('a', '{"execute":"stop"}')
    await until(one.words, has('suspended unknown'))
    await hypervisor.domainQemuMonitorCommand('a', '{"execute":"system_reset"}')
    for (const heard of [one, two])
      expect(await until(heard.words, has('rebooted host-qmp-system-reset'))).toContain(
        'rebooted host-qmp-system-reset',
      )
    process.kill(root.guests()[0]?.identity.pid ?? 0, 'SIGKILL')
    for (const heard of [one, two])
      expect(await until(heard.words, has('stopped failed'))).toContain('stopped failed')
  })

  test.each([
    ['preserve', 'crashed panicked'],
    ['destroy', 'stopped crashed'],
    ['restart', 'crashed panicked'],
  ])('tell of a panic once, whatever is made of it: %s', async (action, last) => {
    const root = testRoot()
    const hypervisor = await root.open()
    const [one, two] = [await listen(root), await listen(root)]
    await hypervisor.domainDefineXml(
      guestXml({
        name: 'a',
        disk: guestDisk(root.dir, 'panic'),
        more: `<on_crash>${action}</on_crash>`,
        devices: `<panic model='isa'/>`,
      }),
    )
    await hypervisor.domainCreate('a')
    for (const heard of [one, two]) {
      const words = await until(heard.words, has(last))
      const told = words.filter((word) => !word.startsWith('rebooted'))
      expect(told.slice(0, 3)).toEqual(['defined added', 'started booted', 'crashed panicked'])
      if (action !== 'restart') expect(told.slice(3)).toEqual(last === told[2] ? [] : [last])
    }
  })

  test('tell of a panic behind the start of its run, also where both are seen in one look', async () => {
    const root = testRoot()
    const heard = await listen(root)
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    const xml = guestXml({ name: 'a' })
    const own = { ...definition('a', uuid(1)), xml }
    // Nobody looks before all of it is there.
    store.define(own)
    const active = store.activate({
      ...{ uuid: own.uuid, id: store.allocateId(), xml, argv: [], process: ownIdentity() },
      ...{ stateDir: `${root.dir}/run/domain-1-a`, log: '', emulator: '', monitor: '' },
      ...{ state: 'running', reason: 'booted' },
    })
    const panic = { event: 'crashed', detail: 'panicked' } as const
    store.addGuestEvents({ uuid: own.uuid, id: active.id, name: 'a' }, [panic], Date.now())
    await until(heard.words, has('crashed panicked'))
    expect(heard.words()).toEqual(['defined added', 'started booted', 'crashed panicked'])
    await heard.stop()
    store.deactivate(active, 'shut off', 'destroyed')
  })

  test('go on to the next listener when the one that QEMU talks to leaves', async () => {
    const root = testRoot()
    const hypervisor = await defined(root)
    await hypervisor.domainCreate('a')
    const [one, two] = [await listen(root), await listen(root)]
    await one.stop()
    await hypervisor.domainQemuMonitorCommand('a', '{"execute":"stop"}')
    expect(await until(two.words, has('suspended unknown'))).toContain('suspended unknown')
  })

  test('of a QEMU that has nothing to tell through are seen by looking', async () => {
    const root = testRoot()
    const hypervisor = await defined(root)
    await hypervisor.domainCreate('a')
    rmSync(join(root.dir, 'run/domain-1-a/events.sock'))
    const heard = await listen(root)
    await hypervisor.domainQemuMonitorCommand('a', '{"execute":"stop"}')
    expect(await until(heard.words, has('suspended unknown'))).toContain('suspended unknown')
  })

  test('tell of trays, devices, notes and limits, each once, to everybody who listens', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const cd = `<disk type='file' device='cdrom'><source file='${image(root, 'cd')}'/><target dev='sda' bus='scsi'/></disk>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices: `${scsi}${cd}` }),
    )
    await hypervisor.domainCreate('a')
    const [one, two] = [await listen(root), await listen(root)]
    await hypervisor.domainChangeMedia('a', 'sda', { action: 'eject' })
    await hypervisor.domainAttachDevice('a', disk(image(root, 'b'), 'sdb'))
    await hypervisor.domainDetachDeviceAlias('a', 'scsi0-0-0-1')
    await hypervisor.domainSetMetadata('a', 'title', 'A')
    await hypervisor.domainSetMetadata('a', 'element', '<b/>', {
      uri: 'urn:b',
      key: 'b',
      config: true,
    })
    await hypervisor.domainPinVcpu('a', 0, [0], { live: true, config: true })
    await hypervisor.domainPinVcpu('a', 0, [0], { config: true })
    await hypervisor.domainSetBlockIoTune('a', 'vda', { totalBytesSec: 1_000_000, groupName: 'g' })
    for (const heard of [one, two]) {
      await until(heard.words, (words) => words.filter((word) => word === 'tunable').length === 2)
      const domain = { name: 'a', id: 1, uuid: heard.events.at(-1)?.domain.uuid }
      const facts = heard.events.filter(({ domain: { name } }) => name === 'a')
      expect(facts).toEqual(
        [
          { event: 'tray-change', alias: 'scsi0-0-0-0', tray: 'opened' },
          { event: 'device-added', alias: 'scsi0-0-0-1' },
          { event: 'device-removed', alias: 'scsi0-0-0-1' },
          { event: 'metadata-change', metadata: 'title' },
          { event: 'metadata-change', metadata: 'element', uri: 'urn:b' },
          { event: 'tunable', changes: { 'cputune.vcpupin0': '0' } },
          {
            event: 'tunable',
            changes: {
              'blkdeviotune.disk': 'vda',
              'blkdeviotune.total_bytes_sec': 1_000_000,
              'blkdeviotune.group_name': 'g',
            },
          },
        ].map((one) => ({ domain, timestampMs: expect.any(Number) as number, ...one })),
      )
    }
  })

  test('tell how a copy of a disk goes, by its target and the file it is on then', async () => {
    const root = testRoot()
    const hypervisor = await started(root, `${scsi}${disk(image(root, 'b'), 'sdb')}`)
    const heard = await listen(root)
    const copy = (name: string, whenReady: 'finish' | 'pivot'): Promise<void> =>
      hypervisor.domainBlockCopy('a', 'sdb', join(root.dir, name), { whenReady })
    await copy('c1.img', 'finish')
    await copy('c2.img', 'pivot')
    await until(heard.words, (words) => words.filter((word) => word === 'block-job').length === 4)
    const jobs = heard.events.flatMap((one) =>
      one.event === 'block-job' ? [[one.disk, one.job, one.status, one.path]] : [],
    )
    expect(jobs).toEqual([
      ['sdb', 'copy', 'ready', join(root.dir, 'b.img')],
      ['sdb', 'copy', 'canceled', join(root.dir, 'b.img')],
      ['sdb', 'copy', 'ready', join(root.dir, 'b.img')],
      ['sdb', 'copy', 'completed', join(root.dir, 'c2.img')],
    ])
  })

  test('of nonsense tell nothing, of a flood some, and of a broken monitor once', async () => {
    const root = testRoot()
    const hypervisor = await defined(root)
    await hypervisor.domainCreate('a')
    const lie = await fakeMonitor(join(root.dir, 'run/domain-1-a/events.sock'))
    const [one, two] = [await listen(root), await listen(root)]
    const event = (name: string, data: unknown): string => JSON.stringify({ event: name, data })
    const tray = event('DEVICE_TRAY_MOVED', { id: 'ide0-0-0', 'tray-open': true })
    await lie.say([event('BALLOON_CHANGE', { actual: {} }), event('GRAPHICS', 7), '{"event":7}'])
    await lie.say([event('VNC_CONNECTED', { server: 7, client: [] })])
    await lie.say(Array.from({ length: 900 }, () => tray))
    const trays = (words: readonly string[]): number =>
      words.filter((word) => word === 'tray-change').length
    for (const heard of [one, two]) {
      await until(heard.words, (words) => trays(words) >= 99)
      expect(heard.words()[0]).toBe('graphics')
      expect(trays(heard.words())).toBeLessThan(300)
    }
    await lie.say(Array.from({ length: 40 }, () => '{{{'))
    for (const heard of [one, two]) {
      await until(heard.words, has('control-error'))
      // What is not heard any more is looked at.
      await hypervisor.domainQemuMonitorCommand('a', '{"execute":"stop"}')
      await until(heard.words, has('suspended unknown'))
      expect(heard.words().filter((word) => word === 'control-error')).toHaveLength(1)
    }
  })

  test('tell of images that may be missing and are, without which the guest starts', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const gone = (name: string, policy: string): string =>
      `<source file='${join(root.dir, name)}' startupPolicy='${policy}'/>`
    const devices = `${scsi}
      <disk type='file' device='cdrom'>${gone('m.iso', 'optional')}<target dev='sda' bus='scsi'/></disk>
      <disk type='file'>${gone('m.img', 'optional')}<target dev='sdb' bus='scsi'/></disk>
      ${disk(image(root, 'c'), 'sdc')}`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices }),
    )
    const heard = await listen(root)
    await hypervisor.domainCreate('a')
    await until(heard.words, (words) => words.includes('disk-change'))
    expect(heard.events.filter((one) => one.event === 'disk-change')).toMatchObject([
      { alias: 'scsi0-0-0-0', oldPath: join(root.dir, 'm.iso'), reason: 'changed' },
      { alias: 'scsi0-0-0-1', oldPath: join(root.dir, 'm.img'), reason: 'dropped' },
    ])
    const live = await hypervisor.domainGetXmlDesc('a')
    expect(live).not.toMatch(/m\.i|'sdb'/)
    expect(live).toMatch(/dev='sda'[^]*scsi0-0-0-2/)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toMatch(/m\.iso[^]*m\.img/)
    await hypervisor.domainDestroy('a')
    const mandatory = devices.replace("startupPolicy='optional'", "startupPolicy='requisite'")
    await hypervisor.domainDefineXml(
      guestXml({ name: 'b', disk: guestDisk(root.dir, 'idle'), devices: mandatory }),
    )
    await expect(hypervisor.domainCreate('b')).rejects.toThrow("m.iso' does not exist")
  })

  test('tell of a save: its passes, how it went, and that an agent may come', async () => {
    const root = testRoot()
    const channel = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
    const hypervisor = await started(root, channel)
    const heard = await listen(root)
    await hypervisor.domainSave('a', join(root.dir, 'saved'))
    await hypervisor.domainRestore(join(root.dir, 'saved'))
    await until(heard.words, has('started restored'))
    const completed = heard.events.find((one) => one.event === 'job-completed')
    expect(completed?.stats).toMatchObject({ operation: 2, memory_page_size: 4096 })
    expect(Object.values(completed?.stats ?? {}).every((value) => typeof value === 'number')).toBe(
      true,
    )
    expect(heard.events).toContainEqual(
      expect.objectContaining({ event: 'migration-iteration', iteration: 1 }),
    )
    expect(heard.events).toContainEqual(
      expect.objectContaining({
        event: 'agent-lifecycle',
        state: 'disconnected',
        reason: 'domain started',
        domain: expect.objectContaining({ id: 2 }) as unknown,
      }),
    )
  })

  test('tell that a definition was replaced, and that it has another name', async () => {
    const root = testRoot()
    const hypervisor = await defined(root)
    const heard = await listen(root)
    await hypervisor.domainDefineXml(await hypervisor.domainGetXmlDesc('a'))
    await until(heard.words, has('defined updated'))
    await hypervisor.domainRename('a', 'b')
    await until(heard.words, has('defined renamed'))
    expect(heard.words()).toEqual(['defined updated', 'undefined renamed', 'defined renamed'])
  })

  test('tell once that an image was written beyond what was said', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const image = join(root.dir, 'w.img')
    writeFileSync(image, Buffer.alloc(16 * 1024 * 1024))
    // Others may write it: so may this test, in the guest's place.
    const devices = `<disk><driver name='qemu' type='raw' cache='writeback'/><source file='${image}'/><target dev='vda'/><shareable/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
    await hypervisor.domainCreate('a', { paused: true })
    const heard = await listen(root)
    await expect(hypervisor.domainSetBlockThreshold('a', 'vda[7]', 1)).rejects.toThrow(
      "block device 'vda[7]' was not found; images of 'vda': 1",
    )
    await hypervisor.domainSetBlockThreshold('a', 'vda', 1024 * 1024)
    const write = `qemu-io libvirt-1-format "write 0 4M"`
    await hypervisor.domainQemuMonitorCommand('a', write, { hmp: true })
    await until(heard.words, has('block-threshold'))
    const event = heard.events.find((one) => one.event === 'block-threshold')
    expect(event).toMatchObject({
      disk: 'vda',
      path: image,
      thresholdBytes: 1024 * 1024,
      domain: { name: 'a', id: 1 },
    })
    expect(event?.excessBytes).toBeGreaterThan(0)
  })
})
