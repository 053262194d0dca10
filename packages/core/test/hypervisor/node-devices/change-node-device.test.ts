import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../../src/hypervisor/embedded-hypervisor.ts'
import type { Hypervisor } from '../../../src/hypervisor/hypervisor.ts'
import { layoutOf } from '../../../src/hypervisor/layout.ts'
import { ownIdentity } from '../../../src/run/process-identity.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Store } from '../../../src/store/index.ts'
import { definition, uuid } from '../../support/definitions.ts'
import { fakeKernel } from '../../support/fake-kernel.ts'
import type { FakeKernel, FakePci } from '../../support/fake-kernel.ts'
import { realRegistry } from '../../support/real-arch.ts'
import { tempDir } from '../../support/temp-dir.ts'

const card: FakePci = { address: '0000:01:00.0', driver: 'e1000e', group: 7, files: { reset: '' } }
const name = 'pci_0000_01_00_0'

interface Machine {
  readonly kernel: FakeKernel
  readonly hypervisor: Hypervisor
  readonly store: Store
}

async function machine(...devices: readonly FakePci[]): Promise<Machine> {
  const kernel = fakeKernel(devices)
  const dir = tempDir()
  const store = await openStore({ path: join(dir, 'lib/polyvirt.db') })
  const uri = `qemu:///embed?root=${dir}`
  const layout = { ...layoutOf(uri, { home: dir, uid: 0 }), sysfs: kernel }
  const { hypervisor } = openEmbedded({ layout, registry: realRegistry, store }, () =>
    Promise.reject(new Error('there is no other')),
  )
  onTestFinished(() => hypervisor.close())
  return { kernel, hypervisor, store }
}

describe('a PCI device of the host', () => {
  test('is taken from its driver, listed with the new one, and given back', async () => {
    const { kernel, hypervisor } = await machine(card)
    await hypervisor.nodeDeviceDetach(name, { driver: 'vfio' })
    expect(await hypervisor.nodeDeviceLookup(name)).toMatchObject({
      ...{ driver: 'vfio-pci', iommuGroup: 7, capabilities: ['pci'] },
    })
    await hypervisor.nodeDeviceDetach(name)
    await hypervisor.nodeDeviceReAttach(name)
    expect([kernel.driverOf(card.address), kernel.overrideOf(card.address)]).toEqual([
      'e1000e',
      '(null)',
    ])
  })

  test('is where it was when it cannot be taken', async () => {
    const { kernel, hypervisor } = await machine(card)
    kernel.before = (path) => {
      // Another one takes the name away in the middle.
      if (path.endsWith('unbind'))
        kernel.put(`bus/pci/devices/${card.address}/driver_override`, 'none\n')
    }
    await expect(hypervisor.nodeDeviceDetach(name)).rejects.toThrow('did not take it')
    expect(kernel.driverOf(card.address)).toBe('e1000e')
  })

  test('that a driver of the host has stays with it', async () => {
    const { kernel, hypervisor } = await machine(card)
    await hypervisor.nodeDeviceReAttach(name)
    expect(kernel.told).toEqual([])
  })

  test('is reset where the kernel knows how', async () => {
    const other: FakePci = { ...card, address: '0000:02:00.0', files: {} }
    const { kernel, hypervisor } = await machine(card, other)
    await hypervisor.nodeDeviceReset(name)
    expect(kernel.told).toEqual([`/bus/pci/devices/${card.address}/reset 1`])
    await expect(hypervisor.nodeDeviceReset('pci_0000_02_00_0')).rejects.toThrow(
      'Unable to reset PCI device 0000:02:00.0: the kernel knows no way',
    )
  })
})

describe('refused with the reason is', () => {
  test('what a guest has, by its name', async () => {
    const { hypervisor, store } = await machine({ ...card, boundTo: 'vfio-pci' })
    store.define(definition('a', uuid(1)))
    const id = store.allocateId()
    store.activate({
      ...{ uuid: uuid(1), id, process: ownIdentity(), xml: '<domain/>', argv: ['qemu'] },
      ...{ stateDir: '/d', log: '/l', emulator: '/q', monitor: '/m' },
      ...{ state: 'running', reason: 'booted' },
    })
    store.lendDevices({ uuid: uuid(1), id }, [{ address: card.address, group: 7 }])
    for (const verb of ['nodeDeviceDetach', 'nodeDeviceReAttach', 'nodeDeviceReset'] as const)
      await expect(hypervisor[verb](name)).rejects.toThrow(
        "PCI device 0000:01:00.0 is still in use by domain 'a'",
      )
    expect(await hypervisor.nodeDeviceLookup(name)).toMatchObject({ domain: 'a' })
  })

  test.each([
    ['a bridge', { ...card, isBridge: true }, {}, 'is a bridge'],
    ['one behind no IOMMU', { address: card.address, driver: 'e1000e' }, {}, 'behind no IOMMU'],
    ['another driver', card, { driver: 'xen' }, "unknown driver name 'xen'"],
  ] as const)('%s', async (_, device, options, text) => {
    const { kernel, hypervisor } = await machine(device)
    await expect(hypervisor.nodeDeviceDetach(name, options)).rejects.toThrow(text)
    expect(kernel.told).toEqual([])
  })

  test('what is no PCI device', async () => {
    const { hypervisor } = await machine(card)
    await expect(hypervisor.nodeDeviceReset('computer')).rejects.toThrow(
      'device computer is not a PCI device',
    )
    await expect(hypervisor.nodeDeviceReset('nope')).rejects.toMatchObject({
      code: 'ERR_NO_NODE_DEVICE',
    })
  })
})
