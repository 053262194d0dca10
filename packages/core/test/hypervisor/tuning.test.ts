import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { finishTuning } from '../../src/hypervisor/live/finish-tuning.ts'
import { cpuUnits, plugUnit } from '../../src/hypervisor/live/set-vcpus.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

const balloon = `<memballoon model='virtio'/>`
const nic = `<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>`

async function started(root: TestRoot): Promise<Hypervisor> {
  const hypervisor = await root.open()
  const xml = guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices: nic })
    .replace(`<memballoon model='none'/>`, balloon)
    .replace('<vcpu>1</vcpu>', `<vcpu current='1'>3</vcpu>`)
  await hypervisor.domainDefineXml(xml)
  await hypervisor.domainCreate('a')
  return hypervisor
}

const both = { live: true, config: true } as const

describe('what a running guest may use', () => {
  test('vCPUs are plugged in one by one or together, and the definition follows', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSetVcpus('a', 2)
    expect(await hypervisor.domainGetVcpuCounts('a')).toEqual({ maximum: 3, current: 2 })
    expect(await hypervisor.domainGetVcpuCounts('a', { config: true })).toEqual({
      maximum: 3,
      current: 1,
    })
    await hypervisor.domainSetVcpu('a', [2], true, both)
    const vcpus = await hypervisor.domainGetVcpus('a')
    expect(vcpus.map(({ state }) => state === 'offline')).toEqual([false, false, false])
    await expect(hypervisor.domainSetVcpus('a', 4)).rejects.toThrow(
      'requested vcpus is greater than max allowable vcpus for the live domain: 4 > 3',
    )
    await expect(hypervisor.domainSetVcpu('a', [0], false)).rejects.toThrow(
      `vCPU 0 can't be hotunplugged: the guest started with it`,
    )
    // QEMU 7.2 dies of it later: nothing is unplugged, rather.
    const [{ version } = { version: '' }] = (await hypervisor.connectGetVersion()).emulators
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major < 9 || (major === 9 && minor < 1)) {
      await expect(hypervisor.domainSetVcpus('a', 1)).rejects.toMatchObject({
        code: 'ERR_OPERATION_UNSUPPORTED',
      })
      expect(await hypervisor.domainGetVcpuCounts('a')).toEqual({ maximum: 3, current: 3 })
    }
    await hypervisor.domainSetVcpus('a', 2, { config: true, maximum: true })
    expect(await hypervisor.domainGetVcpuCounts('a', { config: true })).toEqual({
      maximum: 2,
      current: 2,
    })
  })

  test('what cannot be written down of vCPUs and I/O threads is, by the next command', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const inVain = async (change: Promise<unknown>): Promise<void> => {
      await expect(change).rejects.toThrow('the next command writes it down')
      database.exec('DROP TRIGGER full')
      await hypervisor.connectListAllDomains()
    }
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    const full = `CREATE TRIGGER full BEFORE UPDATE OF xml ON active BEGIN SELECT RAISE(ABORT, 'no space'); END`
    database.exec(full)
    await inVain(hypervisor.domainSetVcpus('a', 3, both))
    for (const config of [false, true])
      expect(await hypervisor.domainGetVcpuCounts('a', { config })).toMatchObject({ current: 3 })
    database.exec(full)
    await inVain(hypervisor.domainAddIothread('a', 1, both))
    for (const inactive of [false, true])
      expect(await hypervisor.domainGetXmlDesc('a', { inactive })).toContain('<iothreads>1<')
    database.exec(full)
    await inVain(hypervisor.domainDelIothread('a', 1, both))
    await hypervisor.domainManagedSave('a')
    await hypervisor.domainCreate('a')
    expect(await hypervisor.domainGetVcpuCounts('a')).toMatchObject({ current: 3 })
  })

  test('vCPUs of which some were plugged in are all, or none where none was', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    const active = store.list()[0]?.active
    if (active === undefined) throw new Error('nothing runs')
    const before = parseDomain(active.xml).domain
    const after = { ...before, vcpuCurrent: 3 }
    const finish = (): Promise<boolean> =>
      withMonitor(active, 'a', (qmp) => finishTuning(qmp, { vcpus: true }, { before, after }))
    const there = async (): Promise<number> =>
      (await withMonitor(active, 'a', (qmp) => qmp.execute('query-cpus-fast'))).length
    expect([await finish(), await there()]).toEqual([false, 1])
    await withMonitor(active, 'a', async (qmp) => {
      const unit = cpuUnits(await qmp.execute('query-hotpluggable-cpus'))[1]
      if (unit !== undefined) await plugUnit(qmp, unit)
    })
    expect([await finish(), await there()]).toEqual([true, 3])
    expect([await finish(), await there()]).toEqual([true, 3])
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test('vCPUs that were plugged in are plugged in again when the guest is taken up', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSetVcpus('a', 3)
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(
      `<vcpu id='2' enabled='yes' hotpluggable='yes'/>`,
    )
    const file = join(root.dir, 'a.save')
    await hypervisor.domainSave('a', file)
    await hypervisor.domainRestore(file)
    const vcpus = await hypervisor.domainGetVcpus('a')
    expect(vcpus.map(({ state }) => state === 'offline')).toEqual([false, false, false])
    const smp = root.guests()[0]?.cmdline ?? []
    expect(smp[smp.indexOf('-smp') + 1]).toMatch(/^1,maxcpus=3/)
    await hypervisor.domainDestroy('a')
    const asked = `<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='no' hotpluggable='yes'/><vcpu id='2' enabled='yes' hotpluggable='yes'/></vcpus>`
    const xml = await hypervisor.domainGetXmlDesc('a')
    await hypervisor.domainDefineXml(xml.replace('</vcpu>', `</vcpu>${asked}`))
    await hypervisor.domainCreate('a')
    expect(
      (await hypervisor.domainGetVcpus('a')).filter((one) => one.state !== 'offline'),
    ).toHaveLength(2)
  })

  test('a unit of the machine is as many vCPUs as it says, the first one last in its list', () => {
    const core = (id: number, path?: string) => ({
      type: 'host-core',
      'vcpus-count': 4,
      props: { 'core-id': id },
      ...(path !== undefined && { 'qom-path': path }),
    })
    const list = [core(4), core(0, '/machine/unattached/device[0]')]
    expect(cpuUnits(list).map(({ first, count, online }) => [first, count, online])).toEqual([
      [0, 4, true],
      [4, 4, false],
    ])
  })

  test('memory, links, disk limits and I/O threads change in both definitions', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSetLinkState('a', '52:54:00:00:00:01', false, both)
    expect(await hypervisor.domainGetLinkState('a', 'net0')).toBe('down')
    await hypervisor.domainSetBlockIoTune('a', 'vda', { totalBytesSec: 1_000_000 }, both)
    await hypervisor.domainSetBlockIoTune('a', 'vda', { readBytesSec: 5, totalIopsSec: 9 })
    expect(await hypervisor.domainGetBlockIoTune('a', 'vda')).toEqual({
      readBytesSec: 5,
      totalIopsSec: 9,
    })
    expect(await hypervisor.domainGetBlockIoTune('a', 'vda', { config: true })).toEqual({
      totalBytesSec: 1_000_000,
    })
    await hypervisor.domainAddIothread('a', 2, both)
    await expect(hypervisor.domainAddIothread('a', 2)).rejects.toThrow('already using')
    await hypervisor.domainDelIothread('a', 2)
    await expect(hypervisor.domainSetMaxMemory('a', 32_768)).rejects.toThrow('use --config')
    await hypervisor.domainSetMaxMemory('a', 32_768, { config: true })
    await expect(hypervisor.domainSetMemory('a', 99_999)).rejects.toThrow(
      'cannot set memory higher than max memory: 99999 KiB > 16384 KiB',
    )
    await hypervisor.domainSetMemory('a', 16_384, { live: true })
    const stored = await hypervisor.domainGetXmlDesc('a', { inactive: true })
    for (const part of [
      `<link state='down'/>`,
      `<total_bytes_sec>1000000</total_bytes_sec>`,
      `<iothread id='2'/>`,
      `<memory unit='KiB'>32768</memory>`,
    ])
      expect(stored).toContain(part)
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<iothread')
  })

  test('a thread of QEMU runs where it is pinned', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainPinVcpu('a', 0, [0], both)
    await hypervisor.domainPinEmulator('a', [0])
    const [vcpu] = await hypervisor.domainGetVcpus('a')
    expect(vcpu?.affinity).toEqual([0])
    const pid = root.guests()[0]?.identity.pid ?? 0
    const status = readFileSync(join('/proc', String(pid), 'status'), 'utf8')
    expect(status).toMatch(/^Cpus_allowed_list:\s*0$/m)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain(
      `<vcpupin vcpu='0' cpuset='0'/>`,
    )
    await expect(hypervisor.domainPinVcpu('a', 7, [0])).rejects.toThrow('out of range')
  })
})

describe('what becomes of a guest that stops', () => {
  test('is changed while it runs, and in its definition', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const disk = guestDisk(root.dir, 'reset')
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk }))
    await hypervisor.domainCreate('a', { paused: true })
    const set = hypervisor.domainSetLifecycleAction
    await expect(set('a', 'poweroff', 'coredump-destroy')).rejects.toThrow('is for a crash')
    await expect(set('a', 'poweroff', 'rename-restart')).rejects.toThrow('rename-restart')
    await expect(set('a', 'reboot', 'preserve')).rejects.toThrow(/on_reboot/)
    await set('a', 'reboot', 'destroy', { live: true, config: true })
    for (const inactive of [false, true])
      expect(await hypervisor.domainGetXmlDesc('a', { inactive })).toContain(
        '<on_reboot>destroy</on_reboot>',
      )
    await hypervisor.domainResume('a')
    const ended = await until(
      () => hypervisor.domainGetState('a'),
      ({ state }) => state === 'shut off',
      30_000,
    )
    expect(ended).toEqual({ state: 'shut off', reason: 'shutdown' })
  })
})
