import { mkdirSync, writeFileSync } from 'node:fs'
import { openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { disk } from './cases/devices.ts'
import { races } from './cases/races.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { failure } from './support/failure.ts'

import { openTestbed, registry } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Testbed
/** Eight connections: what they do at once meets in the database, as eight processes would. */
let eight: readonly Hypervisor[]
beforeAll(async () => {
  bed = await openTestbed()
  eight = await Promise.all(Array.from({ length: 8 }, () => bed.open()))
}, 60_000)
afterEach(async () => {
  for (const { uuid, id } of await bed.hypervisor.connectListAllDomains()) {
    if (id !== undefined) await bed.hypervisor.domainDestroy(uuid).catch(() => undefined)
    await bed.hypervisor.domainUndefine(uuid, { managedSave: true, snapshotsMetadata: true })
  }
  const left = await orphans()
  if (left.length > 0) throw new Error(`processes that no domain knows: ${left.join()}`)
}, 60_000)
afterAll(async () => {
  await Promise.all(eight.map((one) => one.close()))
  await bed.dispose()
}, 60_000)

const title = (id: string): string => titleOf(byId(races, id))
const named = (name: string, uuid = '', devices = ''): string =>
  guestXml({ name: `<name>${name}</name>`, uuid: uuid && `<uuid>${uuid}</uuid>`, devices })
const one = '11111111-2222-4333-8444-555555555555'

async function orphans(): Promise<readonly number[]> {
  const listed = await bed.hypervisor.connectListAllDomains({ active: true })
  const known = await Promise.all(
    listed.map(async ({ uuid }) => (await bed.hypervisor.domainGetInfo(uuid)).pid),
  )
  return bed
    .processes()
    .map(({ identity: { pid } }) => pid)
    .filter((pid) => !known.includes(pid))
}

/** How many succeeded; every failure is one of these codes. */
async function winners(work: readonly Promise<unknown>[], codes: RegExp): Promise<number> {
  const errors = (await Promise.all(work.map(failure))).filter((error) => error !== undefined)
  for (const error of errors) expect(error).toMatchObject({ code: expect.stringMatching(codes) })
  return work.length - errors.length
}

async function image(name: string): Promise<string> {
  const path = bed.file(name)
  writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
  return path
}

describe('R: at the same time', () => {
  test(
    title('R-01'),
    held(async () => {
      const work = eight.map((each) => each.domainDefineXml(named('same')))
      expect(await winners(work, /^ERR_OPERATION_FAILED$/)).toBe(1)
      expect(await bed.hypervisor.connectListAllDomains()).toHaveLength(1)
    }),
  )

  test(
    title('R-02'),
    held(async () => {
      const work = eight.map((each, i) => each.domainDefineXml(named(`n${i}`, one)))
      expect(await winners(work, /^ERR_OPERATION_FAILED$/)).toBe(1)
      expect(await bed.hypervisor.connectListAllDomains()).toHaveLength(1)
    }),
  )

  test(
    `${title('R-03')}; ${title('R-04')}`,
    held(async () => {
      await bed.hypervisor.domainDefineXml(named('same'))
      const starts = eight.map((each) => each.domainCreate('same', { paused: true }))
      expect(await winners(starts, /^ERR_(OPERATION_INVALID|RESOURCE_BUSY)$/)).toBe(1)
      expect(bed.processes()).toHaveLength(1)
      const destroys = eight.map((each) => each.domainDestroy('same'))
      expect(await winners(destroys, /^ERR_(OPERATION_INVALID|RESOURCE_BUSY)$/)).toBe(1)
      expect(bed.processes()).toEqual([])
    }),
  )

  test(
    title('R-05'),
    held(async () => {
      const [a, b, c] = eight as readonly [Hypervisor, Hypervisor, Hypervisor]
      for (let round = 0; round < 5; round++) {
        await bed.hypervisor.domainDefineXml(named('same'))
        const work = [
          a.domainCreate('same', { paused: true }),
          b.domainDestroy('same'),
          c.domainUndefine('same'),
        ]
        await winners(work, /^ERR_(OPERATION_INVALID|RESOURCE_BUSY|NO_DOMAIN)$/)
        expect(await orphans()).toEqual([])
        await bed.hypervisor.domainDestroy('same').catch(() => undefined)
        await bed.hypervisor.domainUndefine('same').catch(() => undefined)
      }
    }),
  )

  test(
    title('R-06'),
    held(async () => {
      const [a, b, c] = eight as readonly [Hypervisor, Hypervisor, Hypervisor]
      const work = Array.from({ length: 20 }, () => [
        a.domainDefineXml(named('same', one)),
        b.domainUndefine('same'),
        c.connectListAllDomains().then((listed) => expect(listed.length).toBeLessThanOrEqual(1)),
      ]).flat()
      await winners(work, /^ERR_(OPERATION_INVALID|RESOURCE_BUSY|NO_DOMAIN)$/)
    }),
  )

  test(
    title('R-07'),
    held(async () => {
      const path = await image('raced.img')
      for (const name of ['a', 'b'])
        await bed.hypervisor.domainDefineXml(named(name, '', disk(path)))
      const [first, second] = eight as readonly [Hypervisor, Hypervisor]
      const work = [
        first.domainCreate('a', { paused: true }),
        second.domainCreate('b', { paused: true }),
      ]
      expect(await winners(work, /^ERR_/)).toBe(1)
      expect(bed.processes()).toHaveLength(1)
    }),
  )

  test(
    title('R-08'),
    held(async () => {
      const [a, b, c] = eight as readonly [Hypervisor, Hypervisor, Hypervisor]
      const acpi = '<features><acpi/></features>'
      await bed.hypervisor.domainDefineXml(guestXml({ name: '<name>same</name>', more: acpi }))
      await bed.hypervisor.domainCreate('same')
      const xml = disk(await image('hot.img'), '', 'vdb')
      const work = Array.from({ length: 4 }, () => [
        a.domainAttachDevice('same', xml, { live: true }),
        b.domainDetachDevice('same', xml, { live: true, timeoutMs: 100 }),
        c.connectGetAllDomainStats(),
        c.domainGetBlockStats('same'),
      ]).flat()
      await winners(work, /^ERR_/)
      expect(await bed.hypervisor.domainGetState('same')).toMatchObject({ state: 'running' })
    }),
  )

  test(
    title('R-09'),
    held(async () => {
      const [a, b] = eight as readonly [Hypervisor, Hypervisor]
      await bed.hypervisor.domainDefineXml(named('same', '', disk(await image('shot.img'))))
      await bed.hypervisor.domainCreate('same')
      const work = [
        a.domainSnapshotCreateXml('same', '<domainsnapshot/>', { diskOnly: true }),
        b.domainShutdown('same'),
      ]
      await winners(work, /^ERR_/)
      expect(await bed.hypervisor.domainListAllSnapshots('same')).toBeInstanceOf(Array)
    }),
  )

  test(
    title('R-10'),
    held(async () => {
      const [a, b] = eight as readonly [Hypervisor, Hypervisor]
      await bed.hypervisor.domainDefineXml(named('same'))
      await bed.hypervisor.domainCreate('same')
      const file = bed.file('raced.save')
      const work = [a.domainSave('same', file), b.domainDestroy('same')]
      await winners(work, /^ERR_/)
      // Either there is the whole image, or none.
      const kept = await failure(bed.hypervisor.domainSaveImageGetXml(file))
      if (kept !== undefined) expect((kept as Error).message).toContain('no such file or directory')
    }),
  )

  test(
    title('R-11'),
    held(async () => {
      const controller = new AbortController()
      const [supervisor] = eight as readonly [Hypervisor]
      const errors: Error[] = []
      const watching = supervisor.supervise({
        signal: controller.signal,
        intervalMs: 20,
        onError: (error) => errors.push(error),
      })
      for (let round = 0; round < 4; round++) {
        await bed.hypervisor.domainDefineXml(named('same'))
        await bed.hypervisor.domainCreate('same', { paused: true })
        await bed.hypervisor.domainDestroy('same')
        await bed.hypervisor.domainUndefine('same')
      }
      controller.abort()
      await watching
      expect(errors).toEqual([])
    }),
  )

  test(
    title('R-12'),
    held(async () => {
      const path = await image('both.img')
      const root = bed.file('other')
      mkdirSync(root, { mode: 0o700 })
      await using other = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
      for (const each of [bed.hypervisor, other])
        await each.domainDefineXml(named('same', '', disk(path)))
      await bed.hypervisor.domainCreate('same', { paused: true })
      expect(await failure(other.domainCreate('same'))).toMatchObject({
        message: expect.stringContaining('both.img'),
      })
      expect(bed.processes()).toHaveLength(1)
    }),
  )

  test(
    title('R-13'),
    held(async () => {
      const vnc = `<graphics type='vnc' autoport='yes'/>`
      for (const name of ['a', 'b']) await bed.hypervisor.domainDefineXml(named(name, '', vnc))
      const [first, second] = eight as readonly [Hypervisor, Hypervisor]
      await Promise.all([
        first.domainCreate('a', { paused: true }),
        second.domainCreate('b', { paused: true }),
      ])
      const shown = await Promise.all(
        ['a', 'b'].map(async (name) => (await bed.hypervisor.domainGetInfo(name)).displays[0]),
      )
      expect(shown[0]).not.toBe(shown[1])
      expect(shown.every((display) => display?.startsWith('vnc://127.0.0.1:'))).toBe(true)
    }),
  )

  test(
    title('R-14'),
    held(async () => {
      const [a, b] = eight as readonly [Hypervisor, Hypervisor]
      await bed.hypervisor.domainDefineXml(named('same', one))
      const work = [a.domainRename('same', 'other'), b.domainCreate(one, { paused: true })]
      await winners(work, /^ERR_(OPERATION_INVALID|RESOURCE_BUSY|NO_DOMAIN)$/)
      const [found] = await bed.hypervisor.connectListAllDomains()
      expect(await bed.hypervisor.domainGetXmlDesc(one)).toContain(`<name>${found?.name}</name>`)
    }),
  )

  test(
    title('R-15'),
    held(async () => {
      const [a, b] = eight as readonly [Hypervisor, Hypervisor]
      const described = (text: string): string =>
        guestXml({ uuid: `<uuid>${one}</uuid>`, more: `<description>${text}</description>` })
      await a.domainDefineXml(described('old'))
      for (let round = 0; round < 20; round++) {
        const text = round % 2 === 0 ? 'new' : 'old'
        const [, seen] = await Promise.all([
          a.domainDefineXml(described(text)),
          b.domainGetXmlDesc('guest'),
        ])
        expect(seen).toMatch(/<description>(old|new)<\/description>/)
      }
    }),
  )

  test(
    title('R-16'),
    { timeout: 40_000 },
    held(async () => {
      // A guest of one boot sector that powers off as soon as it runs.
      const sector = Buffer.alloc(1024 * 1024)
      Buffer.from('ba0406b80020eff4ebfd', 'hex').copy(sector)
      sector.writeUInt16LE(0xaa55, 510)
      const path = bed.file('off.img')
      writeFileSync(path, sector, { mode: 0o600 })
      // Its power button is ACPI's.
      const more = '<features><acpi/></features>'
      await bed.hypervisor.domainDefineXml(
        guestXml({ name: '<name>off</name>', more, devices: disk(path) }),
      )
      await bed.hypervisor.domainCreate('off')
      for (let round = 0; round < 3; round++) {
        for (const error of [
          await failure(bed.hypervisor.domainSuspend('off')),
          await failure(bed.hypervisor.domainResume('off')),
        ])
          if (error !== undefined) expect(error).toMatchObject({ name: 'DomainError' })
      }
      const ended = await until(
        () => bed.hypervisor.domainGetState('off'),
        ({ state }) => state === 'shut off',
        18_000,
      )
      expect(ended).toEqual({ state: 'shut off', reason: 'shutdown' })
    }),
  )
})
