import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { qnumOf } from '../../src/hypervisor/stats/keycodes.ts'
import { libvirtStats } from '../fixtures/libvirt-stats.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

describe('questions about a guest', () => {
  test('its disk, memory, CPUs and screen are looked at while it runs', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const devices = `<graphics type='vnc' autoport='yes'/><video><model type='vga'/></video>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices }),
    )
    expect(await hypervisor.domainGetBlockInfo('a', 'vda')).toMatchObject({
      capacityBytes: 1024 * 1024,
      physicalBytes: 1024 * 1024,
    })
    await hypervisor.domainCreate('a')
    expect(await hypervisor.domainGetBlockInfo('a', 'vda')).toMatchObject({
      capacityBytes: 1024 * 1024,
    })
    const stats = await hypervisor.domainGetBlockStats('a', 'vda')
    expect(await hypervisor.domainGetBlockStats('a')).toEqual(
      expect.objectContaining({ errors: 0 }),
    )
    expect(stats.writeBytes).toBe(0)
    expect(await hypervisor.domainGetMemoryStats('a')).toMatchObject({ actualKiB: 16_384 })
    expect((await hypervisor.domainGetCpuStats('a')).cpuTimeNs).toBeGreaterThan(0)
    const picture = await hypervisor.domainScreenshot('a')
    expect(Buffer.from(picture.subarray(0, 8)).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n')
    await expect(hypervisor.domainScreenshot('a', { screen: 4 })).rejects.toThrow('no such screen')
    await hypervisor.domainSendKey('a', ['KEY_LEFTCTRL', 'KEY_A'])
    await hypervisor.domainInjectNmi('a')
    const answer = await hypervisor.domainQemuMonitorCommand('a', '{"execute":"query-name"}')
    expect(JSON.parse(answer)).toEqual({ return: { name: 'a' } })
    expect(await hypervisor.domainQemuMonitorCommand('a', 'info name', { hmp: true })).toContain(
      'a',
    )
    await expect(hypervisor.domainGetInterfaceStats('a', 'net0')).rejects.toThrow('not found')
  })

  test('a guest has the memory that it has, whatever it shall have', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const memory = async (): Promise<readonly (number | string | undefined)[]> => {
      const [xml, inactive] = await Promise.all(
        [false, true].map((one) => hypervisor.domainGetXmlDesc('a', { inactive: one })),
      )
      const inXml = /(?<=<currentMemory unit='KiB'>)\d+/
      return [
        (await hypervisor.domainGetInfo('a')).memoryKiB,
        xml?.match(inXml)?.[0],
        inactive?.match(inXml)?.[0],
      ]
    }
    const none = guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle') })
    await hypervisor.domainDefineXml(none.replace(`model='none'`, `model='virtio'`))
    await hypervisor.domainCreate('a')
    // Nothing in this guest gives memory back.
    await hypervisor.domainSetMemory('a', 8192, { live: true, config: true })
    expect(await memory()).toEqual([16_384, '16384', '8192'])
    await hypervisor.domainDestroy('a')
    expect(await memory()).toEqual([8192, '8192', '8192'])
    await hypervisor.domainDefineXml(
      none.replace('</memory>', `</memory><currentMemory>8192</currentMemory>`),
    )
    await hypervisor.domainCreate('a')
    expect((await hypervisor.domainGetInfo('a')).memoryKiB).toBe(16_384)
  })

  test('a balloon asks for counters as often as its definition says', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const xml = guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle') })
    const period = async (): Promise<string> =>
      hypervisor.domainQemuMonitorCommand(
        'a',
        'qom-get /machine/peripheral/balloon0 guest-stats-polling-interval',
        { hmp: true },
      )
    const balloon = `<memballoon model='virtio'><stats period='7'/></memballoon>`
    await hypervisor.domainDefineXml(xml.replace(`<memballoon model='none'/>`, balloon))
    await hypervisor.domainCreate('a')
    expect((await period()).trim()).toBe('7')
    await hypervisor.domainSetMemoryStatsPeriod('a', 0, { live: true, config: true })
    expect((await period()).trim()).toBe('0')
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('<stats')
    await hypervisor.domainDestroy('a')
    await hypervisor.domainDefineXml(xml)
    await expect(hypervisor.domainSetMemoryStatsPeriod('a', 3)).rejects.toThrow('must be virtio')
  })

  test('statistics of all domains have what is known, and name what a silent QEMU did not tell', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'off' }))
    await hypervisor.domainDefineXml(guestXml({ name: 'on', disk: guestDisk(root.dir, 'idle') }))
    await hypervisor.domainCreate('on')
    const [on, off] = await hypervisor.connectGetAllDomainStats()
    expect(on).toMatchObject({
      domain: { name: 'on', id: 1 },
      missing: [],
      stats: {
        'state.state': 1,
        'vcpu.current': 1,
        'balloon.maximum': 16_384,
        'block.count': 1,
        'block.0.name': 'vda',
      },
    })
    expect(off).toMatchObject({ stats: { 'state.state': 5 }, missing: [] })
    process.kill(root.guests()[0]?.identity.pid ?? 0, 'SIGSTOP')
    const [silent] = await hypervisor.connectGetAllDomainStats({ active: true, timeoutMs: 200 })
    expect(silent?.missing).toEqual(['balloon', 'vcpu', 'block', 'iothread', 'dirtyrate'])
    expect(silent?.stats).toMatchObject({ 'state.state': 1, 'vcpu.maximum': 1 })
  })

  test('statistics tell of the images below where they are asked to, as devices of their own', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const image = (name: string, ...below: readonly string[]): string => {
      const path = join(root.dir, `${name}.qcow2`)
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...below, path, '8M'])
      return path
    }
    const base = image('base')
    const mid = image('mid', '-b', base, '-F', 'qcow2')
    const top = image('top', '-b', mid, '-F', 'qcow2')
    const described = `<backingStore type='file'><format type='qcow2'/><source file='${mid}'/></backingStore>`
    const devices = `<disk><driver name='qemu' type='qcow2'/><source file='${top}'/>${described}<target dev='vda'/></disk>
      <disk><driver name='qemu' type='raw'/><source file='${guestDisk(root.dir, 'idle')}'/><target dev='vdb'/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 's', devices }))
    await hypervisor.domainCreate('s', { paused: true })
    const asked = { groups: ['block'], backing: true } as const
    const [told] = await hypervisor.connectGetAllDomainStats(asked)
    const stats = Object.entries(told?.stats ?? {})
    const below = (n: number) => stats.filter(([name]) => name.startsWith(`block.${n}.`))
    const layer = (n: number, own: Readonly<Record<string, unknown>>) =>
      Object.entries({
        ...{ name: 'vda', ...own, allocation: 0, capacity: 8 * 2 ** 20 },
        physical: expect.any(Number) as unknown,
      }).map(([name, value]) => [`block.${n}.${name}`, value])
    expect(stats[0]).toEqual(['block.count', 4])
    const backingIndex = expect.any(Number) as unknown
    expect(below(1)).toEqual(layer(1, { path: mid, backingIndex }))
    expect(below(2)).toEqual(layer(2, { path: base }))
    expect(below(3)).toContainEqual(['block.3.name', 'vdb'])
    await hypervisor.domainDestroy('s')
    const [off] = await hypervisor.connectGetAllDomainStats(asked)
    expect(off?.stats).toMatchObject({ 'block.count': 2 })
  })

  test('statistics have the names of libvirt, in its order, and its numbers', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const image = join(root.dir, 'w.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '16M'])
    const raw = guestDisk(root.dir, 'idle')
    const devices = `<disk><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>
      <disk><driver name='qemu' type='raw'/><source file='${raw}'/><target dev='vdb'/></disk>
      <disk device='cdrom'><target dev='sda' bus='scsi'/></disk>
      <interface type='user'/><memballoon model='virtio'/>`
    const xml = guestXml({ name: 's', more: '<iothreads>1</iothreads>', devices })
      .replace(`<memballoon model='none'/>`, '')
      .replace('<vcpu>1<', `<vcpu current='1'>2<`)
    await hypervisor.domainDefineXml(xml)
    const stats = async () => (await hypervisor.connectGetAllDomainStats())[0]?.stats ?? {}
    const off = await stats()
    expect(Object.keys(off)).toEqual(libvirtStats.off)
    expect(off).toMatchObject({
      'state.state': 5,
      'state.reason': 0,
      'block.0.capacity': 16 * 2 ** 20,
      'block.0.physical': statSync(image).size,
      'block.0.allocation': statSync(image).blocks * 512,
    })
    await hypervisor.domainCreate('s')
    const on = await stats()
    expect(Object.keys(on)).toEqual(libvirtStats.on)
    expect(on).toMatchObject({
      'state.state': 1,
      'state.reason': 1,
      'vcpu.0.state': 1,
      'block.0.backingIndex': 3,
      'block.1.backingIndex': 2,
      'block.0.capacity': 16 * 2 ** 20,
      'block.0.allocation': 0,
      'iothread.1.poll-max-ns': 32_768,
      'dirtyrate.calc_mode': 'page-sampling',
    })
    expect(await hypervisor.domainGetBlockInfo('s', 'vda')).toEqual({
      capacityBytes: 16 * 2 ** 20,
      allocationBytes: on['block.0.physical'],
      physicalBytes: statSync(image).size,
    })
    await hypervisor.domainSuspend('s')
    expect(await stats()).toMatchObject({ 'state.state': 3, 'state.reason': 1 })
    await hypervisor.domainDestroy('s')
    expect(await stats()).toMatchObject({ 'state.state': 5, 'state.reason': 2 })
  })

  test.each([
    ['KEY_ENTER', 'linux', 0x1c],
    ['key_delete', 'linux', 0xd3],
    [111, 'linux', 0xd3],
    ['0xe053', 'atset1', 0xd3],
    [0x1c, 'xt', 0x1c],
  ] as const)('the key %s of %s is number %i', (key, codeset, expected) => {
    expect(qnumOf(key, codeset)).toBe(expected)
  })

  test('a key that is none is refused with the nearest', () => {
    expect(() => qnumOf('KEY_ENTR', 'linux')).toThrow(`did you mean 'KEY_ENTER'?`)
  })
})
