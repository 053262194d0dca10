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
