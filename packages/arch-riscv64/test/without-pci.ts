import type { Arch, DeviceAllowList, DeviceModel, DeviceRow } from '@polyvirt/core/arch'

/** Buses of controllers that are on PCI themselves. */
const behindPci: readonly string[] = ['pci', 'usb', 'ccid']

/**
 * An architecture as it would be on boards that have no PCI: what is on PCI is on the board's own virtio
 * transport, or is not there, with what would be behind it.
 */
export function withoutPci(arch: Arch): Arch {
  const inModel = ({ others = [], ...model }: DeviceModel): DeviceModel | undefined => {
    const [form] = [model, ...others].filter(({ bus }) => !behindPci.includes(bus))
    return form === undefined ? undefined : { ...model, ...form }
  }
  const inRow = ({ default: preferred, ...row }: DeviceRow): DeviceRow => {
    const models = Object.fromEntries(
      Object.entries(row.models).flatMap(([name, model]) => {
        const changed = inModel(model)
        // A disk's bus is its name; SATA's controller is a PCI device, in every QEMU.
        return changed === undefined || name === 'sata' ? [] : [[name, changed]]
      }),
    )
    const left = preferred?.filter((name) => name in models) ?? []
    return { ...row, models, ...(left.length > 0 && { default: left }) }
  }
  const rows = Object.entries(arch.devices as Readonly<Record<string, DeviceRow>>)
    .filter(([name]) => name !== 'controller:pci')
    .map(([name, row]) => [name, inRow(row)] as const)
    .filter(([, { models }]) => Object.keys(models).length > 0)
  const [first, ...others] = arch.machine.profiles.map(
    ({ pci: _absent, implicit, ...profile }) => ({
      ...profile,
      implicit: implicit.filter(
        ({ kind, device }) => kind !== 'controller' || !('type' in device) || device.type !== 'pci',
      ),
    }),
  )
  if (first === undefined) throw new Error('there is no board')
  return {
    ...arch,
    devices: Object.fromEntries(rows) as DeviceAllowList,
    machine: { ...arch.machine, profiles: [first, ...others] },
  }
}
