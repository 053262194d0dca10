import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

test('guests that are started at once, and cards plugged in at once, have a tap each', async () => {
  const root = testRoot()
  const names = ['a', 'b', 'c']
  const card = `<interface type='ethernet'><model type='virtio'/></interface>`
  const connections = await Promise.all(names.map(() => root.open()))
  await Promise.all(
    connections.map((one, i) =>
      one.domainDefineXml(guestXml({ name: names[i] ?? '', devices: card })),
    ),
  )
  await Promise.all(connections.map((one, i) => one.domainCreate(names[i] ?? '')))
  await Promise.all(connections.map((one, i) => one.domainAttachDevice(names[i] ?? '', card)))
  const documents = await Promise.all(
    connections.map((one, i) => one.domainGetXmlDesc(names[i] ?? '')),
  )
  const taps = documents.flatMap((xml) => xml.match(/vnet\d+/g) ?? [])
  expect(new Set(taps).size).toBe(6)
  const isThere = (tap: string): boolean => existsSync(`/sys/class/net/${tap}`)
  expect(taps.every(isThere)).toBe(true)
  await Promise.all(connections.map((one, i) => one.domainDestroy(names[i] ?? '')))
  expect(taps.some(isThere)).toBe(false)
})

test("somebody else's tap is the one that is meant, whatever its name", async () => {
  const tap = `vnet${100_000 + (process.pid % 100_000)}`
  execFileSync('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap'])
  onTestFinished(() => void execFileSync('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']))
  const root = testRoot()
  const hypervisor = await root.open()
  const devices = `<interface type='ethernet'><target dev='${tap}' managed='no'/><model type='virtio'/></interface>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await hypervisor.domainCreate('a')
  expect(await hypervisor.domainGetXmlDesc('a')).toContain(`<target dev='${tap}' managed='no'/>`)
  await hypervisor.domainDestroy('a')
  expect(existsSync(`/sys/class/net/${tap}`)).toBe(true)
})

test('a card of several queues has a tap of as many, when it is plugged in as well', async () => {
  const card = (queues: number): string =>
    `<interface type='ethernet'><model type='virtio'/><driver name='qemu' queues='${queues}'/></interface>`
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: card(3) }))
  await hypervisor.domainCreate('a')
  await hypervisor.domainAttachDevice('a', card(2))
  const said = await hypervisor.domainQemuMonitorCommand(
    'a',
    '{"execute":"human-monitor-command","arguments":{"command-line":"info network"}}',
  )
  const queues = (name: string): number =>
    said.match(new RegExp(`\\b${name}: index=\\d+,type=tap`, 'g'))?.length ?? 0
  expect([queues('hostnet0'), queues('hostnet1')]).toEqual([3, 2])
  await hypervisor.domainDestroy('a')
})

test("somebody else's tap has as many queues as it was made for", async () => {
  const tap = `vnet${200_000 + (process.pid % 100_000)}`
  execFileSync('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap'])
  onTestFinished(() => void execFileSync('ip', ['tuntap', 'del', 'dev', tap, 'mode', 'tap']))
  const root = testRoot()
  const hypervisor = await root.open()
  const devices = `<interface type='ethernet'><target dev='${tap}' managed='no'/><model type='virtio'/><driver name='qemu' queues='2'/></interface>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await expect(hypervisor.domainCreate('a')).rejects.toThrow(
    `/domain/devices/interface[1]/driver/@queues: the tap ${tap} has one queue; make it with: ip tuntap add dev ${tap} mode tap multi_queue, or leave queues out`,
  )
})

test('a tap goes with its guest, whatever else is said of its card', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  const devices = `<interface type='ethernet' trustGuestRxFilters='yes'><model type='virtio'/></interface>`
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await hypervisor.domainCreate('a')
  const [tap = ''] = /vnet\d+/.exec(await hypervisor.domainGetXmlDesc('a')) ?? []
  expect(existsSync(`/sys/class/net/${tap}`)).toBe(true)
  await hypervisor.domainDestroy('a')
  expect(existsSync(`/sys/class/net/${tap}`)).toBe(false)
})
