import { describe, expect, it } from 'vitest'
import { defineArch } from '../../src/arch/index.ts'
import type { Arch, DeviceAllowList } from '../../src/arch/index.ts'
import { testArch } from '../support/test-arch.ts'

const withDevices = (devices: DeviceAllowList): Arch => defineArch({ ...testArch, devices })

describe('an architecture whose board adds a device by itself', () => {
  it('is refused where nothing offers a device of the kind', () => {
    const { memballoon: _, ...devices } = testArch.devices
    expect(() => withDevices(devices)).toThrow(
      "arch 'toy': machine 'toy' has an implicit memballoon model 'virtio' that devices.memballoon does not offer",
    )
  })

  it('is refused where the model is not offered, or is not on that board', () => {
    const { 'controller:usb': _, ...devices } = testArch.devices
    expect(() =>
      withDevices({ ...devices, 'controller:usb': { models: { none: { bus: 'none' } } } }),
    ).toThrow(
      "implicit usb controller model 'qemu-xhci' that devices.controller:usb does not offer",
    )
    const [board] = testArch.machine.profiles
    const machine: Arch['machine'] = {
      ...testArch.machine,
      profiles: [board, { ...board, name: 'other', pattern: /^other$/, implicit: [] }],
    }
    const balloon = { virtio: { driver: 'x', bus: 'pci', machines: ['other'] } } as const
    expect(() =>
      defineArch({
        ...testArch,
        machine,
        devices: { ...testArch.devices, memballoon: { models: balloon } },
      }),
    ).toThrow("machine 'toy' has an implicit memballoon model 'virtio'")
  })

  it('is taken where the allow-list has it', () => {
    expect(withDevices(testArch.devices).name).toBe('toy')
  })
})
