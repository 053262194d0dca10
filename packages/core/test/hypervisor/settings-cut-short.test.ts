import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { tellSettings } from '../../src/hypervisor/live/tell-settings.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { QmpClient } from '../../src/qmp/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { createFakePeer } from '../support/fake-peer.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { activeRow, diedOver, jobsIn, started } from './plugged-guest.ts'

/** A document with some of what a running guest can be told. */
function document(inner: string, devices = ''): string {
  return `<domain type='qemu'><name>a</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>
${inner}<devices>${devices}</devices></domain>`
}

const card = (link: string): string =>
  document('', `<interface type='user'>${link}<alias name='net0'/></interface>`)
const vdisk = (iotune: string): string =>
  document('', `<disk type='file'><target dev='sda' bus='scsi'/>${iotune}<alias name='scsi0-0-0-0'/></disk>`) // prettier-ignore
const vnc = (password: string): string =>
  document('', `<graphics type='vnc' passwd='${password}'/>`)
const balloon = (stats: string): string =>
  document('', `<memballoon model='virtio'>${stats}<alias name='balloon0'/></memballoon>`)
const dimm = (requested: string): string =>
  document('', `<memory model='virtio-mem'><target><size unit='MiB'>64</size>${requested}</target><alias name='ua-m'/></memory>`) // prettier-ignore

/** What QEMU is told so that the second document holds and not the first. */
async function told(from: string, to: string): Promise<readonly unknown[]> {
  const peer = createFakePeer()
  const connecting = QmpClient.connect({ transport: peer.transport })
  await peer.negotiate()
  await using qmp = await connecting
  const seen: unknown[] = []
  const answering = (async () => {
    for (;;) {
      const { id, execute, arguments: given } = await peer.command()
      seen.push({ [execute]: given })
      peer.send(
        execute === 'set-action'
          ? { error: { class: 'GenericError', desc: 'not now' }, id }
          : { return: {}, id },
      )
    }
  })()
  const [before, after] = [parseDomain(from).domain, parseDomain(to).domain]
  const telling = tellSettings(qmp, { from: before, to: after, run: { pid: 1 } })
  await Promise.race([telling, answering])
  return seen
}

describe('what a guest was told and may be told again', () => {
  test.each([
    [
      'how often memory is asked for',
      balloon(`<stats period='3'/>`),
      balloon(''),
      {
        'qom-set': {
          path: '/machine/peripheral/balloon0',
          property: 'guest-stats-polling-interval',
          value: 0,
        },
      },
    ],
    [
      'workers of an I/O thread',
      document(`<iothreadids><iothread id='2' thread_pool_max='4'/></iothreadids>`),
      document(`<iothreadids><iothread id='2'/></iothreadids>`),
      { 'qom-set': { path: '/objects/iothread2', property: 'thread-pool-max', value: 64 } },
    ],
    ['a link', card(`<link state='down'/>`), card(''), { set_link: { name: 'net0', up: true } }],
    [
      'limits of a disk',
      vdisk('<iotune><total_bytes_sec>9</total_bytes_sec></iotune>'),
      vdisk('<iotune><total_iops_sec>5</total_iops_sec></iotune>'),
      { block_set_io_throttle: expect.objectContaining({ id: 'scsi0-0-0-0', bps: 0, iops: 5 }) },
    ],
    ['a password', vnc('new'), vnc('old'), { set_password: { protocol: 'vnc', password: 'old' } }],
    [
      'memory that is asked of it',
      dimm(`<requested unit='MiB'>64</requested>`),
      dimm(`<requested unit='MiB'>32</requested>`),
      {
        'qom-set': {
          path: '/machine/peripheral/ua-m',
          property: 'requested-size',
          value: 32 * 1024 * 1024,
        },
      },
    ],
    [
      'its balloon',
      document(`<currentMemory unit='MiB'>32</currentMemory>`),
      document(''),
      { balloon: { value: 64 * 1024 * 1024 } },
    ],
    [
      'what becomes of it',
      document('<on_reboot>destroy</on_reboot>'),
      document('<on_reboot>restart</on_reboot>'),
      { 'set-action': { shutdown: 'poweroff', reboot: 'reset', panic: 'pause' } },
    ],
  ])('%s is told as it was', async (_, from, to, expected) => {
    expect(await told(from, to)).toEqual([expected])
    expect(await told(to, to)).toEqual([])
  })

  test('what is refused keeps nothing else from being told', async () => {
    const from = document('<on_reboot>destroy</on_reboot><currentMemory unit="MiB">8</currentMemory>') // prettier-ignore
    expect(await told(from, document(''))).toHaveLength(2)
  })
})

const limits = async (root: TestRoot): Promise<number> =>
  withMonitor(await activeRow(root), 'a', async (qmp) => {
    const list = (await qmp.executeUnchecked('query-block')) as readonly {
      readonly inserted?: { readonly bps: number }
    }[]
    return list.find(({ inserted }) => inserted !== undefined)?.inserted?.bps ?? -1
  })

const inXml = async (hypervisor: Hypervisor): Promise<number | undefined> =>
  (await hypervisor.domainGetBlockIoTune('a', 'vda')).totalBytesSec

describe('a setting of a running guest', () => {
  test('whose changer died holds as the definition says it', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSetBlockIoTune('a', 'vda', { totalBytesSec: 2_000_000 })
    const active = await activeRow(root)
    const after = active.xml.replace('2000000', '5000000')
    await withMonitor(active, 'a', (qmp) =>
      qmp.executeUnchecked('block_set_io_throttle', {
        ...{ id: '/machine/peripheral/virtio-disk0/virtio-backend', bps: 5_000_000 },
        ...{ bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 0, iops_wr: 0 },
      }),
    )
    expect(await limits(root)).toBe(5_000_000)
    const live = { id: active.id, xml: after }
    await diedOver(root, 'blkdeviotune', 'live', { settings: {}, live })
    await hypervisor.connectListAllDomains()
    expect([await limits(root), await inXml(hypervisor)]).toEqual([2_000_000, 2_000_000])
    expect(await jobsIn(root)).toEqual([])
  })

  test('that cannot be written down is taken back at once', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSetBlockIoTune('a', 'vda', { totalBytesSec: 2_000_000 })
    using database = new DatabaseSync(join(root.dir, 'lib/polyvirt.db'))
    database.exec(
      `CREATE TRIGGER full BEFORE UPDATE OF xml ON active BEGIN SELECT RAISE(ABORT, 'no space'); END`,
    )
    await expect(
      hypervisor.domainSetBlockIoTune('a', 'vda', { totalBytesSec: 5_000_000 }),
    ).rejects.toThrow('no space')
    database.exec('DROP TRIGGER full')
    expect([await limits(root), await inXml(hypervisor)]).toEqual([2_000_000, 2_000_000])
    expect(await jobsIn(root)).toEqual([])
  })

  test('of the host is taken back by whoever looks next, too', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainPinEmulator('a', [0])
    const active = await activeRow(root)
    const { pid } = active.process
    const allowed = (): string =>
      execFileSync('taskset', ['-p', '-c', String(pid)], { encoding: 'utf8' }).trim()
    const before = allowed()
    execFileSync('taskset', ['-p', '-c', '1', String(pid)])
    expect(allowed()).not.toBe(before)
    const live = { id: active.id, xml: active.xml.replace(`cpuset='0'`, `cpuset='1'`) }
    expect(live.xml).not.toBe(active.xml)
    await diedOver(root, 'emulatorpin', 'live', { settings: {}, live })
    await hypervisor.connectListAllDomains()
    expect(allowed()).toBe(before)
  })
})
