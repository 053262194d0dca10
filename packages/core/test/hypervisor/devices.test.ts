import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { Liveness } from '../../src/hypervisor/liveness.ts'
import { openStore } from '../../src/store/index.ts'
import type { ActiveRow, DomainRecord } from '../../src/store/index.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const scsi = `<controller type='scsi' index='0' model='virtio-scsi'/>`
const drive = `<disk type='file' device='cdrom'><target dev='sdc' bus='scsi'/></disk>`

function image(root: TestRoot, name: string): string {
  const path = join(root.dir, `${name}.img`)
  writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
  return path
}

const disk = (path: string, target = 'sda', bus = 'scsi'): string =>
  `<disk type='file'><source file='${path}'/><target dev='${target}' bus='${bus}'/></disk>`

async function started(root: TestRoot, devices = scsi): Promise<Hypervisor> {
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(
    guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices }),
  )
  await hypervisor.domainCreate('a')
  return hypervisor
}

async function recordOf(root: TestRoot): Promise<DomainRecord> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  const [record] = store.list()
  if (record === undefined) throw new Error('nothing is known')
  return record
}

async function activeRow(root: TestRoot): Promise<ActiveRow> {
  const { active } = await recordOf(root)
  if (active === undefined) throw new Error('nothing runs')
  return active
}

const card = `<interface type='ethernet'><model type='virtio'/></interface>`

/** Plugs in a card behind a tap of the host. */
async function plugCard(
  hypervisor: Hypervisor,
): Promise<{ readonly alias: string; readonly tap: string; readonly xml: string }> {
  const { alias = '', xml } = await hypervisor.domainAttachDevice('a', card)
  return { alias, xml, tap: /<target dev='(vnet\d+)'\/>/.exec(xml)?.[1] ?? '' }
}

const isThere = (tap: string): boolean => existsSync(`/sys/class/net/${tap}`)

/** Asks for a device that the guest, which runs no system, lets go of at a reset only. */
async function detachInVain(hypervisor: Hypervisor, alias: string): Promise<void> {
  await expect(
    hypervisor.domainDetachDeviceAlias('a', alias, { timeoutMs: 300 }),
  ).rejects.toMatchObject({ code: 'ERR_OPERATION_TIMEOUT' })
}

/** Names that QEMU itself has: devices, block nodes, network and character back ends. */
async function inQemu(root: TestRoot): Promise<readonly string[]> {
  return withMonitor(await activeRow(root), 'a', async (qmp) => {
    const list = await qmp.execute('qom-list', { path: '/machine/peripheral' })
    const nodes = (await qmp.executeUnchecked('query-named-block-nodes')) as readonly {
      readonly 'node-name': string
    }[]
    const chardevs = await qmp.execute('query-chardev')
    const objects = await qmp.execute('qom-list', { path: '/objects' })
    return [
      ...list.flatMap(({ name }) => (name === 'type' ? [] : [name])),
      ...nodes.map((node) => node['node-name']),
      ...chardevs.map(({ label }) => label),
      ...objects.map(({ name }) => name),
    ].toSorted()
  })
}

describe('devices of a running guest', () => {
  test('a disk is plugged in with a name and an address of its own, and out without a trace', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const before = await inQemu(root)
    const described = await hypervisor.domainGetXmlDesc('a')
    const { alias, xml } = await hypervisor.domainAttachDevice('a', disk(image(root, 'one')))
    expect(alias).toBe('scsi0-0-0-0')
    expect(xml).toContain(`<address type='drive' controller='0' bus='0' target='0' unit='0'/>`)
    expect(await inQemu(root)).toEqual(
      [...before, 'scsi0-0-0-0', 'libvirt-2-format', 'libvirt-2-storage'].toSorted(),
    )
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(`one.img' index='2'/>`)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('one.img')
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
    expect(await inQemu(root)).toEqual(before)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(described)
  })

  test('a disk that the guest let go of by itself is nowhere any more, and the guest can be put away', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const before = await inQemu(root)
    const eject = async (): Promise<void> => {
      await hypervisor.domainAttachDevice('a', disk(image(root, 'one')))
      await hypervisor.domainQemuMonitorCommand('a', 'device_del scsi0-0-0-0', { hmp: true })
      await until(
        () => inQemu(root),
        (names) => !names.includes('scsi0-0-0-0'),
      )
    }
    await eject()
    await hypervisor.domainAttachDevice('a', disk(image(root, 'two')))
    const described = await hypervisor.domainGetXmlDesc('a')
    expect(described).not.toContain('one.img')
    expect(described).toContain('two.img')
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
    expect(await inQemu(root)).toEqual(before)
    await eject()
    const file = join(root.dir, 'a.save')
    await hypervisor.domainSave('a', file)
    expect(await hypervisor.domainSaveImageGetXml(file)).not.toContain('one.img')
    await hypervisor.domainRestore(file)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test('a guest with a serial console has the same one behind every change', async () => {
    const root = testRoot()
    const hypervisor = await started(root, `${scsi}<serial type='pty'/>`)
    const console = /<console[\s\S]*<\/console>/
    const before = console.exec(await hypervisor.domainGetXmlDesc('a'))?.[0]
    expect(before).toContain(`<alias name='serial0'/>`)
    await hypervisor.domainAttachDevice('a', disk(image(root, 'one')))
    expect(console.exec(await hypervisor.domainGetXmlDesc('a'))?.[0]).toBe(before)
    const pty = await hypervisor.domainAttachDevice(
      'a',
      `<channel type='pty'><target type='virtio' name='org.example.1'/></channel>`,
    )
    expect(pty.alias).toBe('channel0')
    expect(await hypervisor.domainGetXmlDesc('a')).toMatch(
      /<channel type='pty'>\s*<source path='\/dev\/pts\/\d+'\/>/,
    )
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
  })

  test('a controller that a device needs is plugged in with it', async () => {
    const root = testRoot()
    const hypervisor = await started(root, '')
    await hypervisor.domainAttachDevice('a', disk(image(root, 'one')))
    expect(await inQemu(root)).toEqual(expect.arrayContaining(['scsi0', 'scsi0-0-0-0']))
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(`<alias name='scsi0'/>`)
  })

  test('a channel, a card and a source of randomness are plugged in; a further one has the next name', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const plug = (xml: string) => hypervisor.domainAttachDevice('a', xml)
    const rng = `<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>`
    expect((await plug(rng)).alias).toBe('rng0')
    expect((await plug(rng)).alias).toBe('rng1')
    const nic = await plug(`<interface type='user'><model type='virtio'/></interface>`)
    expect(nic.xml).toMatch(/<mac address='52:54:00:[0-9a-f:]{8}'\/>/)
    const channel = await plug(
      `<channel type='unix'><target type='virtio' name='org.example.0'/></channel>`,
    )
    expect(channel.alias).toBe('channel0')
    const names = await inQemu(root)
    for (const name of ['rng0', 'rng1', 'objrng1', 'net0', 'channel0', 'charchannel0'])
      expect(names).toContain(name)
    const pty = await plug(`<serial type='pty'><target type='usb-serial'/></serial>`).catch(
      (error: Error) => error.message,
    )
    expect(pty).toContain('usb')
  })

  test('both definitions change together, or neither does', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const xml = disk(image(root, 'one'))
    await hypervisor.domainAttachDevice('a', xml, { live: true, config: true })
    for (const inactive of [false, true])
      expect(await hypervisor.domainGetXmlDesc('a', { inactive })).toContain('one.img')
    const both = await Promise.all(
      [false, true].map((inactive) => hypervisor.domainGetXmlDesc('a', { inactive })),
    )
    await expect(
      hypervisor.domainAttachDevice('a', xml.replace('sda', 'sdb'), { live: true, config: true }),
    ).rejects.toThrow(/lock/)
    expect(
      await Promise.all(
        [false, true].map((inactive) => hypervisor.domainGetXmlDesc('a', { inactive })),
      ),
    ).toEqual(both)
    expect(await inQemu(root)).not.toContain('scsi0-0-0-1')
    await hypervisor.domainDetachDeviceAlias('a', 'scsi0-0-0-0', { live: true })
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('one.img')
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain('one.img')
    await hypervisor.domainDestroy('a')
    await hypervisor.domainCreate('a')
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('one.img')
  })

  test("a disk on a bus that plugs nothing is refused in libvirt's words, and nothing is told to QEMU", async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const described = await hypervisor.domainGetXmlDesc('a')
    const xml = disk(image(root, 'one')).replace(/<target [^>]*>/, `<target dev='sde' bus='sata'/>`)
    await expect(hypervisor.domainAttachDevice('a', xml)).rejects.toMatchObject({
      code: 'ERR_OPERATION_UNSUPPORTED',
      message: expect.stringContaining("disk bus 'sata' cannot be hotplugged.") as string,
    })
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(described)
  })

  test('a device whose image is missing changes nothing and is named', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const before = await inQemu(root)
    await expect(hypervisor.domainAttachDevice('a', disk('/nowhere.img'))).rejects.toMatchObject({
      message: expect.stringContaining('does not exist'),
    })
    expect(await inQemu(root)).toEqual(before)
  })

  test('a guest that keeps a device keeps it in its definition, until it lets go', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const path = image(root, 'one')
    await hypervisor.domainAttachDevice('a', disk(path, 'vdb', 'virtio'))
    const slow = hypervisor.domainDetachDevice('a', `<disk><target dev='vdb'/></disk>`, {
      timeoutMs: 300,
    })
    await expect(slow).rejects.toMatchObject({ code: 'ERR_OPERATION_TIMEOUT' })
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('one.img')
    // A reset is a guest that lets go of everything it was asked to.
    await hypervisor.domainReset('a')
    const seen = await until(
      async () => {
        await hypervisor.domainGetState('a')
        return hypervisor.domainGetXmlDesc('a')
      },
      (xml) => !xml.includes('one.img'),
    )
    expect(seen).not.toContain('one.img')
    expect(await inQemu(root)).not.toContain('libvirt-2-storage')
  })

  test('the tap of a card stays until the guest lets go of the card, and no longer', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { alias, tap } = await plugCard(hypervisor)
    await detachInVain(hypervisor, alias)
    expect(isThere(tap)).toBe(true)
    await hypervisor.domainReset('a')
    await until(
      () => hypervisor.domainGetXmlDesc('a'),
      (xml) => !xml.includes('<interface'),
    )
    expect(isThere(tap)).toBe(false)
    expect(await inQemu(root)).not.toContain('hostnet0')
  })

  test('a card whose tap cannot be set up leaves none behind', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const tap = `pvt${process.pid % 100_000}`
    const big = card.replace('<model', `<target dev='${tap}'/><mtu size='65535'/><model`)
    await expect(hypervisor.domainAttachDevice('a', big)).rejects.toThrow('cannot set up')
    expect(isThere(tap)).toBe(false)
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<interface')
  })

  test("somebody else's tap stays, whatever card names it", async () => {
    const tap = `pvt${process.pid % 100_000}`
    execFileSync('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap'])
    onTestFinished(() => void execFileSync('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']))
    const root = testRoot()
    const hypervisor = await started(root)
    const { alias = '' } = await hypervisor.domainAttachDevice(
      'a',
      `<interface type='user'><target dev='${tap}'/><model type='virtio'/></interface>`,
    )
    await detachInVain(hypervisor, alias)
    await hypervisor.domainReset('a')
    await until(
      () => hypervisor.domainGetXmlDesc('a'),
      (xml) => !xml.includes('<interface'),
    )
    expect(isThere(tap)).toBe(true)
    const own = card.replace('<model', `<target dev='${tap}' managed='no'/><model`)
    const signal = AbortSignal.abort()
    await expect(hypervisor.domainAttachDevice('a', own, { signal })).rejects.toThrow('abort')
    expect(isThere(tap)).toBe(true)
  })

  test('a look that read long ago what waits harms no new card of the same name', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    for (const old of [await plugCard(hypervisor), await plugCard(hypervisor)])
      await detachInVain(hypervisor, old.alias)
    const read = await recordOf(root)
    await hypervisor.domainReset('a')
    await until(
      () => hypervisor.domainGetXmlDesc('a'),
      (xml) => !xml.includes('<interface'),
    )
    const { alias, tap } = await plugCard(hypervisor)
    expect(alias).toBe('net0')
    const described = await hypervisor.domainGetXmlDesc('a')
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    await new Liveness(store, join(root.dir, 'run')).current(read, 5000)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(described)
    expect(isThere(tap)).toBe(true)
    expect(await inQemu(root)).toContain('net0')
  })

  test('what waits is left to whoever holds the domain', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { alias, tap } = await plugCard(hypervisor)
    await detachInVain(hypervisor, alias)
    const read = await recordOf(root)
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    const job = store.beginJob(read.domain.uuid, 'attach-device')
    const { active } = read
    if (active === undefined) throw new Error('nothing runs')
    await withMonitor(active, 'a', (qmp) => qmp.execute('system_reset'))
    await until(
      () => inQemu(root),
      (names) => !names.includes(alias),
    )
    const liveness = new Liveness(store, join(root.dir, 'run'))
    const held = await liveness.current(read, 5000)
    expect(held?.active?.xml).toBe(active.xml)
    expect(isThere(tap)).toBe(true)
    store.endJob(job)
    const free = await liveness.current(read, 5000)
    expect(free?.active?.xml).not.toContain(alias)
    expect(isThere(tap)).toBe(false)
  })

  test('a detach whose process died behind QEMU is finished with its tap', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { alias, tap } = await plugCard(hypervisor)
    await detachInVain(hypervisor, alias)
    const active = await activeRow(root)
    const [{ leftovers } = { leftovers: [] }] = active.facts.unplugging ?? []
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      store.setFacts(active, { ...active.facts, unplugging: [] })
      const live = { id: active.id, xml: active.xml.replace(/<interface[^]*<\/interface>/, '') }
      const job = store.beginJob(active.uuid, 'detach-device')
      store.setPhase(job, 'unplug', { unplug: leftovers, alias, live })
    }
    await withMonitor(active, 'a', (qmp) => qmp.execute('system_reset'))
    await until(
      () => inQemu(root),
      (names) => !names.includes(alias),
    )
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<interface')
    expect(isThere(tap)).toBe(false)
    expect(await inQemu(root)).not.toContain('hostnet0')
  })

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

  test('what is not there cannot be taken out, and what is ambiguous is asked for by name', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await expect(
      hypervisor.domainDetachDevice('a', `<disk><target dev='sdz'/></disk>`),
    ).rejects.toMatchObject({
      code: 'ERR_DEVICE_MISSING',
      message: expect.stringContaining(`it has: 'virtio-disk0'`),
    })
    await expect(hypervisor.domainAttachDevice('a', '<dsik/>')).rejects.toThrow(
      'did you mean <disk>?',
    )
    await hypervisor.domainDestroy('a')
    await expect(
      hypervisor.domainAttachDevice('a', disk('/x'), { live: true }),
    ).rejects.toMatchObject({ code: 'ERR_OPERATION_INVALID' })
  })

  test('a machine that has no place left says what is missing', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const e1000 = `<interface type='user'><model type='e1000'/></interface>`
    const plugAll = async (): Promise<void> => {
      for (let i = 0; i < 32; i++) await hypervisor.domainAttachDevice('a', e1000)
    }
    await expect(plugAll()).rejects.toThrow(
      /no place is left that can be plugged into: the device needs a further pci controller 'pci-bridge'/,
    )
    expect((await inQemu(root)).filter((name) => name.startsWith('net')).length).toBeGreaterThan(20)
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

  test('a medium is inserted, changed and taken out, in both definitions', async () => {
    const root = testRoot()
    const hypervisor = await started(root, scsi + drive)
    const [one, two] = [image(root, 'one'), image(root, 'two')]
    const change = (source?: string) =>
      hypervisor.domainChangeMedia('a', 'sdc', {
        live: true,
        config: true,
        ...(source !== undefined && { source }),
      })
    await change(one)
    await change(two)
    for (const inactive of [false, true])
      expect(await hypervisor.domainGetXmlDesc('a', { inactive })).toContain('two.img')
    await expect(change('/nowhere.iso')).rejects.toThrow('does not exist')
    expect((await inQemu(root)).filter((name) => /^libvirt-.*storage$/.test(name))).toHaveLength(2)
    await change()
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('two.img')
    expect((await inQemu(root)).filter((name) => /^libvirt-.*storage$/.test(name))).toHaveLength(1)
    await expect(change()).rejects.toThrow(`doesn't have media`)
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

  test('a link goes down and comes up; what cannot change is named', async () => {
    const root = testRoot()
    const nic = `<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>`
    const hypervisor = await started(root, nic)
    const update = (more: string) =>
      hypervisor.domainUpdateDevice('a', nic.replace('</interface>', `${more}</interface>`))
    await update(`<link state='down'/>`)
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(`<link state='down'/>`)
    await update('')
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<link')
    await expect(update(`<mtu size='9000'/>`)).rejects.toThrow(/cannot modify 'mtu\/@size'/)
  })
})
