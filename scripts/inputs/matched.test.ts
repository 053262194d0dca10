import { readdirSync, writeFileSync } from 'node:fs'
import { openHypervisor } from '@polyvirt/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { disk, manyDisks } from './cases/devices.ts'
import { everything } from './cases/everything.ts'
import { failure } from './support/failure.ts'
import { guestXml } from './support/guest-xml.ts'
import { openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectRefused } from './support/refusal.ts'
import { identify, isAlive } from './support/rooms.ts'
import { registry } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Readers
beforeAll(async () => {
  bed = await openReaders()
}, 60_000)
afterEach(() => bed.reset(), 60_000)
afterAll(() => bed.dispose(), 60_000)

/** Rows that whole tables of the catalogue test, by the numbers there. */
const tables: Readonly<Record<string, readonly string[]>> = {
  'B-1': ['K-04'],
  'B-5': ['K-01', 'K-02'],
  'B-6': ['F-01', 'F-02', 'F-08'],
  'B-7': ['F-01', 'F-03', 'F-11'],
  'B-8': ['F-05'],
  'B-9': ['R-03', 'R-04'],
  'B-10': ['R-05'],
  'B-12': ['P-22', 'P-24', 'P-28', 'P-33', 'P-34', 'U-24'],
  'B-14': ['Q-08'],
  'B-15': ['Q-15', 'Q-20'],
  'B-16': ['Q-03', 'Q-04'],
  'B-17': ['G-03', 'G-05'],
  'B-18': ['G-06', 'G-07', 'G-08', 'G-09', 'G-17'],
  'B-19': ['G-12'],
  'B-20': ['O-01'],
  'B-24': ['X-04', 'X-06', 'X-18', 'X-22', 'X-23', 'X-24', 'X-25', 'X-26', 'X-30', 'X-32'],
  'B-25': ['U-06', 'U-07', 'U-17', 'U-18', 'U-19', 'U-20'],
  'B-26': ['P-14', 'P-17', 'P-19', 'P-31', 'P-32'],
  'B-27': ['Z-01', 'Z-02', 'Z-03', 'Z-04', 'Z-05', 'Z-06', 'Z-07'],
  'B-28': ['U-27', 'U-28'],
}

const run = (): readonly string[] =>
  readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))

describe('What libvirt 9.0 does well, and we as well', () => {
  const ids = new Set(Object.values(everything).flatMap((rows) => rows.map(({ id }) => id)))
  for (const [row, numbers] of Object.entries(tables)) {
    test(`${row} is tested by ${numbers.join(', ')}`, () => {
      expect(numbers.filter((id) => !ids.has(id))).toEqual([])
    })
  }

  test('B-2 a process that comes anew finds the guests and manages them', async () => {
    await bed.hypervisor.domainDefineXml(guestXml())
    await bed.hypervisor.domainCreate('guest')
    await using other = await openHypervisor(bed.uri, { registry })
    await other.domainSuspend('guest')
    expect(await bed.hypervisor.domainGetState('guest')).toMatchObject({ state: 'paused' })
  })

  test('B-3, B-4 a QEMU that was killed has crashed, and nothing of it is left', async () => {
    await bed.hypervisor.domainDefineXml(guestXml())
    await bed.hypervisor.domainCreate('guest')
    const { pid = 0 } = await bed.hypervisor.domainGetInfo('guest')
    const identity = identify(pid)
    process.kill(pid, 'SIGKILL')
    await until(
      () => identity !== undefined && isAlive(identity),
      (alive) => !alive,
    )
    expect(await bed.hypervisor.domainGetState('guest')).toEqual({
      state: 'shut off',
      reason: 'crashed',
    })
    expect(run()).toEqual([])
  })

  test('B-11 one disk is not given to two guests, and stays with the first', async () => {
    const path = bed.file('one.img')
    writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
    for (const name of ['x', 'y'])
      await bed.hypervisor.domainDefineXml(
        guestXml({ name: `<name>${name}</name>`, devices: disk(path) }),
      )
    await bed.hypervisor.domainCreate('x', { paused: true })
    expect(await failure(bed.hypervisor.domainCreate('y'))).toMatchObject({ name: 'DomainError' })
    expect(await bed.hypervisor.domainGetState('x')).toMatchObject({ state: 'paused' })
  })

  test('B-13 no comma adds an option', async () => {
    const xml = guestXml({ devices: disk('/a,if=none,id=x') })
    const { argv } = await bed.hypervisor.connectDomainXmlToNative(xml)
    const nodes = argv.filter((_, i) => argv[i - 1] === '-blockdev')
    expect(nodes.map((node) => JSON.parse(node) as unknown)).toContainEqual(
      expect.objectContaining({ filename: '/a,if=none,id=x' }),
    )
  })

  test('B-21 1,000 virtio disks are refused at once, 1,000 SCSI disks are planned', async () => {
    const begin = performance.now()
    expect((await bed.read('define', guestXml({ devices: manyDisks(1000, 'vd') }))).code).toBe(1)
    const scsi = manyDisks(1000, 'sd').replaceAll(`'/><target`, `'/><target bus='scsi'`)
    expect((await bed.read('define', guestXml({ devices: scsi }))).code).toBe(0)
    expect(performance.now() - begin).toBeLessThan(10_000)
  })

  test('B-22 starting and destroying again and again leaves nothing open', async () => {
    await bed.hypervisor.domainDefineXml(guestXml())
    const cycle = async (): Promise<void> => {
      await bed.hypervisor.domainCreate('guest', { paused: true })
      await bed.hypervisor.domainDestroy('guest')
    }
    await cycle()
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = open()
    for (let round = 0; round < 8; round++) await cycle()
    expect(open()).toBeLessThanOrEqual(before + 2)
    expect(bed.processes()).toEqual([])
  })

  test('B-23 a second process on the same root works beside the first', async () => {
    await using other = await openHypervisor(bed.uri, { registry })
    await other.domainDefineXml(guestXml())
    expect(await bed.hypervisor.domainLookup('guest')).toMatchObject({ name: 'guest' })
  })

  test('B-28 the name of another domain is refused, and whose it is said', async () => {
    expectRefused(await bed.read('define', guestXml({ name: '<name>off</name>' })), {
      code: 'ERR_OPERATION_FAILED',
      says: `domain 'off' already exists with uuid`,
    })
  })
})
