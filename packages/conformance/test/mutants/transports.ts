import type { Arch, DeviceAllowList, DeviceRow, QemuCapabilities } from '@polyvirt/core/arch'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'

const onTransport = (driver: string): string => driver.replace(/^(virtio-.+)-pci$/, '$1-device')

/** The minimal architecture on a board without PCI, with so many virtio transports of its own. */
export function withTransports(count: number): Arch {
  const rows = Object.entries(minimalArch.devices as Readonly<Record<string, DeviceRow>>)
    .filter(([name]) => name !== 'controller:pci')
    .map(([name, row]) => {
      const models = Object.entries(row.models).map(([model, { driver, ...rest }]) => {
        const moved = driver === undefined ? undefined : onTransport(driver)
        if (moved === undefined || moved === driver) return [model, { ...rest, driver }]
        return [model, { ...rest, driver: moved, bus: 'virtio-mmio' }]
      })
      return [name, { ...row, models: Object.fromEntries(models) as DeviceRow['models'] }] as const
    })
  const devices: DeviceAllowList = {
    ...Object.fromEntries(rows),
    serial: { default: ['system-serial'], models: { 'system-serial': { bus: 'none', max: 1 } } },
  }
  const [{ pci: _absent, ...toy }] = minimalArch.machine.profiles
  const implicit = toy.implicit.filter(({ kind }) => kind !== 'controller')
  return {
    ...minimalArch,
    devices,
    machine: {
      ...minimalArch.machine,
      profiles: [{ ...toy, implicit, virtioTransports: count }],
    },
  }
}

/** What QEMU would say of such a board. */
export const transportCapabilities: QemuCapabilities = {
  ...minimalCapabilities,
  devices: minimalCapabilities.devices.map(onTransport),
}
