import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../../src/hypervisor/embedded-hypervisor.ts'
import type { Hypervisor } from '../../../src/hypervisor/hypervisor.ts'
import { layoutOf } from '../../../src/hypervisor/layout.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Store } from '../../../src/store/index.ts'
import { fakeKernel } from '../../support/fake-kernel.ts'
import type { FakeKernel } from '../../support/fake-kernel.ts'
import { testRoot } from '../../support/hypervisor.ts'
import { guestXml, realRegistry } from '../../support/real-arch.ts'

const address = '0000:fe:00.0'
const hostdev = `<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='0xfe' slot='0' function='0'/></source></hostdev>`

interface Opened {
  readonly kernel: FakeKernel
  readonly hypervisor: Hypervisor
  readonly store: Store
}

/** A hypervisor whose kernel has a card that no QEMU finds. */
async function opened(): Promise<Opened> {
  const kernel = fakeKernel([{ address, driver: 'e1000e', group: 7 }])
  const { dir, uri } = testRoot()
  const store = await openStore({ path: join(dir, 'lib/polyvirt.db') })
  const layout = { ...layoutOf(uri, { home: dir, uid: 0 }), sysfs: kernel }
  const { hypervisor } = openEmbedded({ layout, registry: realRegistry, store }, () =>
    Promise.reject(new Error('there is no other')),
  )
  onTestFinished(() => hypervisor.close())
  return { kernel, hypervisor, store }
}

test('a start that fails with the device in hand gives it back before it says so', async () => {
  const { kernel, hypervisor } = await opened()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: hostdev }))
  await expect(hypervisor.domainCreate('a')).rejects.toThrow(/0000:fe:00\.0/)
  expect(kernel.told[0]).toContain('driver_override vfio-pci')
  expect(kernel.driverOf(address)).toBe('e1000e')
})

test('a device that QEMU refuses to be plugged in goes back', async () => {
  const { kernel, hypervisor } = await opened()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  await hypervisor.domainCreate('a')
  await expect(hypervisor.domainAttachDevice('a', hostdev)).rejects.toThrow(/0000:fe:00\.0/)
  expect(kernel.told[0]).toContain('driver_override vfio-pci')
  expect(kernel.driverOf(address)).toBe('e1000e')
  await hypervisor.domainDestroy('a')
})

test('a guest with a device of the host is neither put away nor moved, and goes on', async () => {
  const { hypervisor, store } = await opened()
  await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
  await hypervisor.domainCreate('a')
  const { active } = store.list()[0] ?? {}
  if (active === undefined) throw new Error('nothing runs')
  // No QEMU here has such a device; what it is asked is decided by the document.
  store.setLiveXml(active, active.xml.replace('</devices>', `${hostdev}</devices>`))
  for (const work of [
    () => hypervisor.domainSave('a', '/var/tmp/never.save'),
    () => hypervisor.domainManagedSave('a'),
  ])
    await expect(work()).rejects.toThrow(
      /save with a PCI device of the host is not supported: what is in 0000:fe:00\.0 stays in it/,
    )
  expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  await hypervisor.domainDestroy('a')
})
