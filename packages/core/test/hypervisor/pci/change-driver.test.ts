import { describe, expect, test } from 'vitest'
import { giveBack, giveToDriver } from '../../../src/hypervisor/pci/change-driver.ts'
import { fakeKernel } from '../../support/fake-kernel.ts'

const address = '0000:01:00.0'
const card = { address, driver: 'e1000e', group: 7 }
const folder = `/bus/pci/devices/${address}`

describe('a device is given to vfio-pci', () => {
  test('as the kernel documents it: named, taken, offered', async () => {
    const kernel = fakeKernel([card])
    await giveToDriver(kernel, address, 'vfio-pci')
    expect(kernel.told).toEqual([
      `${folder}/driver_override vfio-pci`,
      `${folder}/driver/unbind ${address}`,
      `/bus/pci/drivers_probe ${address}`,
    ])
    expect(kernel.driverOf(address)).toBe('vfio-pci')
  })

  test('whose module is loaded where it is not', async () => {
    const kernel = fakeKernel([card], { loaded: [] })
    await giveToDriver(kernel, address, 'vfio-pci')
    expect(kernel.told[0]).toBe('modprobe vfio-pci')
    expect(kernel.driverOf(address)).toBe('vfio-pci')
  })

  test('and one that no driver had is not taken from any', async () => {
    const kernel = fakeKernel([{ ...card, boundTo: null }])
    await giveToDriver(kernel, address, 'vfio-pci')
    expect(kernel.told.join()).not.toContain('unbind')
    expect(kernel.driverOf(address)).toBe('vfio-pci')
  })
})

describe('what cannot be given is said', () => {
  test('where this user may not, with who may', async () => {
    const kernel = fakeKernel([card])
    kernel.refuse('driver_override')
    const why = process.geteuid?.() === 0 ? 'permission denied' : 'only root may'
    await expect(giveToDriver(kernel, address, 'vfio-pci')).rejects.toThrow(
      `${address} cannot be given to vfio-pci: ${why}`,
    )
  })

  test('where the kernel has no such driver', async () => {
    const kernel = fakeKernel([card], { modules: [] })
    await expect(giveToDriver(kernel, address, 'vfio-pci')).rejects.toThrow('vfio-pci not found')
    expect(kernel.driverOf(address)).toBe('e1000e')
  })

  test('where the driver does not take it', async () => {
    const kernel = fakeKernel([card])
    kernel.before = (path) => {
      if (path.endsWith('drivers_probe')) kernel.put(`${folder}/driver_override`, 'other\n')
    }
    await expect(giveToDriver(kernel, address, 'vfio-pci')).rejects.toThrow('did not take it')
  })
})

describe('a device goes back', () => {
  const rows: readonly (readonly [string, { driver?: string; override?: string }])[] = [
    ['to its driver', { driver: 'e1000e' }],
    [
      'to its driver, with the name that an administrator gave it',
      { driver: 'e1000e', override: 'e1000e' },
    ],
    ['to nobody, where nobody had it', {}],
  ]
  test.each(rows)('%s', async (_, before) => {
    const kernel = fakeKernel([{ ...card, boundTo: before.driver ?? null, ...before }])
    await giveToDriver(kernel, address, 'vfio-pci')
    await giveBack(kernel, address, before)
    expect(kernel.driverOf(address)).toBe(before.driver)
    expect(kernel.overrideOf(address)).toBe(before.override ?? '(null)')
  })

  test('from wherever it was left on its way', async () => {
    for (let steps = 0; steps <= 3; steps++) {
      const kernel = fakeKernel([card])
      let told = 0
      kernel.before = () => {
        if (told++ >= steps) throw new Error('killed')
      }
      await giveToDriver(kernel, address, 'vfio-pci').catch(() => undefined)
      kernel.before = () => undefined
      await giveBack(kernel, address, { driver: 'e1000e' })
      await giveBack(kernel, address, { driver: 'e1000e' })
      expect([kernel.driverOf(address), kernel.overrideOf(address)]).toEqual(['e1000e', '(null)'])
    }
  })

  test('to a driver that does not take it by itself', async () => {
    const kernel = fakeKernel([
      { address, group: 7, boundTo: 'vfio-pci' },
      { ...card, address: '0000:02:00.0' },
    ])
    await giveBack(kernel, address, { driver: 'e1000e' })
    expect(kernel.driverOf(address)).toBe('e1000e')
  })

  test('but not from another driver that has taken it meanwhile', async () => {
    const kernel = fakeKernel([{ ...card, boundTo: 'pci-stub', override: 'pci-stub' }])
    await giveBack(kernel, address, { driver: 'e1000e' })
    expect(kernel.told).toEqual([])
  })

  test('nor one that was unplugged from the host', async () => {
    const kernel = fakeKernel([])
    await giveBack(kernel, address, { driver: 'e1000e' })
    expect(kernel.told).toEqual([])
  })
})
