import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testRoot, until } from '../support/hypervisor.ts'
import { disk, image, inQemu, scsi, started } from './plugged-guest.ts'

const drive = `<disk type='file' device='cdrom'><target dev='sdc' bus='scsi'/></disk>`

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

  test('a controller that came along with a disk in vain is there, and takes the next one', async () => {
    const root = testRoot()
    const hypervisor = await started(root, '')
    const taken = image(root, 'taken')
    await hypervisor.domainAttachDevice('a', disk(taken, 'vdb', 'virtio'))
    await expect(hypervisor.domainAttachDevice('a', disk(taken))).rejects.toThrow('lock')
    const names = await inQemu(root)
    expect(names).toContain('scsi0')
    expect(names).not.toContain('libvirt-3-storage')
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(`<alias name='scsi0'/>`)
    await hypervisor.domainAttachDevice('a', disk(image(root, 'free')))
    // Nobody has asked the guest for the controller, so a reset does not take it away.
    await hypervisor.domainReset('a')
    expect(await inQemu(root)).toEqual(expect.arrayContaining(['scsi0', 'scsi0-0-0-0']))
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

  test('a disk that is asked to be what it is stays so; another image is refused', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const path = join(root.dir, 'idle.img')
    const same = disk(path, 'vda', 'virtio')
    const before = await hypervisor.domainGetXmlDesc('a')
    const described = /<disk[\s\S]*<\/disk>/.exec(before)?.[0] ?? ''
    for (const xml of [same, described])
      await hypervisor.domainUpdateDevice('a', xml, { live: true, config: true })
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(before)
    const other = same.replace(path, image(root, 'other'))
    for (const xml of [other, same.replace(/<source[^>]*>/, '')])
      await expect(hypervisor.domainUpdateDevice('a', xml)).rejects.toThrow('no drive')
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
