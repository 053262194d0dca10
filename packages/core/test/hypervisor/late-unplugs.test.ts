import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { Liveness } from '../../src/hypervisor/liveness.ts'
import { withMonitor } from '../../src/hypervisor/monitor.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import { activeRow, image, inQemu, recordOf, started } from './plugged-guest.ts'

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

describe('a card that its guest lets go of late', () => {
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
    await new Liveness(store, { runDir: join(root.dir, 'run') }).current(read, 5000)
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
    const liveness = new Liveness(store, { runDir: join(root.dir, 'run') })
    const held = await liveness.current(read, 5000)
    expect(held?.active?.xml).toBe(active.xml)
    expect(isThere(tap)).toBe(true)
    store.endJob(job)
    const free = await liveness.current(read, 5000)
    expect(free?.active?.xml).not.toContain(alias)
    expect(isThere(tap)).toBe(false)
  })

  test('what one who died had begun is put right before what waits', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { alias } = await plugCard(hypervisor)
    await detachInVain(hypervisor, alias)
    const read = await recordOf(root)
    const active = await activeRow(root)
    const filename = image(root, 'one')
    const storage = { driver: 'file', filename, 'node-name': 'libvirt-9-storage' }
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    {
      using dead = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const job = dead.beginJob(active.uuid, 'attach-device')
      const plug = [{ execute: 'blockdev-add', arguments: storage }]
      const live = { id: active.id, xml: active.xml }
      dead.setPhase(job, 'plug', { plug, alias: 'scsi0-0-0-0', live })
    }
    await withMonitor(active, 'a', async (qmp) => {
      await qmp.execute('blockdev-add', storage)
      await qmp.execute('system_reset')
    })
    await until(
      () => inQemu(root),
      (names) => !names.includes(alias),
    )
    await new Liveness(store, { runDir: join(root.dir, 'run') }).current(read, 5000)
    expect(await inQemu(root)).not.toContain('libvirt-9-storage')
    expect((await activeRow(root)).xml).not.toContain('<interface')
    expect(store.jobs()).toEqual([])
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
})
