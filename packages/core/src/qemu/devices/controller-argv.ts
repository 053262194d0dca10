import type { Controller } from '../../domain/devices/controller.ts'
import {
  placeOptions,
  controllerAlias,
  driverName,
  offeredModel,
  virtioOptions,
} from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

/** Controllers in QEMU's order: PCI buses first, so that everything behind finds them. */
export function controllerArguments(context: ArgvContext): Argument[] {
  const controllers = context.domain.devices.controller ?? []
  const typeOrder = ['pci', 'usb', 'scsi', 'ide', 'sata', 'virtio-serial', 'fdc']
  return typeOrder.flatMap((type) =>
    ordered(controllers.filter((c) => c.type === type)).flatMap((c) => one(context, c)),
  )
}

/** Card readers are USB devices: they come after the hubs that they may hang on. */
export function cardReaderArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.controller ?? [])
    .filter(({ type }) => type === 'ccid')
    .flatMap((reader) => one(context, reader))
}

/** A PCI bus comes before what sits on it, and a bridge has a higher index than its bus. */
function ordered(controllers: readonly Controller[]): readonly Controller[] {
  // A companion is told whose ports it serves, which must be there by then.
  if (controllers[0]?.type === 'usb')
    return controllers.toSorted(
      (a, b) => Number(a.masterStartport !== undefined) - Number(b.masterStartport !== undefined),
    )
  if (controllers[0]?.type !== 'pci') return controllers
  return controllers.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
}

function one(context: ArgvContext, controller: Controller): Argument[] {
  const options = deviceOptions(context, controller)
  if (options !== undefined) return [['-device', jsonOption(options)]]
  if (controller.type !== 'fdc') return []
  // The board's own floppy controller is told by -global.
  return Object.entries(floppyBootIndexes(context, controller)).map(
    ([property, value]): Argument => ['-global', `isa-fdc.${property}=${JSON.stringify(value)}`],
  )
}

function deviceOptions(context: ArgvContext, controller: Controller): Options | undefined {
  const model = offeredModel(context, 'controller', controller)
  if (controller.type === 'pci') return pciOptions(context, controller)
  if (model.driver === undefined) return undefined
  const driver = driverName(model, controller.model)
  const address = placeOptions(controller, context.domain)
  const id = controller.alias
  switch (controller.type) {
    case 'usb':
      return { driver, ...usbOptions(context, controller), ...address }
    case 'scsi':
      return {
        driver,
        iothread: controller.iothread === undefined ? undefined : `iothread${controller.iothread}`,
        id,
        ...virtioOptions(controller),
        num_queues: controller.queues,
        cmd_per_lun: controller.cmdPerLun,
        max_sectors: controller.maxSectors,
        ioeventfd: controller.ioeventfd,
        ...address,
      }
    case 'virtio-serial':
      return {
        driver,
        id,
        ...virtioOptions(controller),
        max_ports: controller.ports,
        vectors: controller.vectors,
        ...address,
      }
    case 'fdc':
      return model.builtIn?.includes(context.plan.profile.name) === true || !hasFloppy(context)
        ? undefined
        : { driver, ...floppyBootIndexes(context, controller) }
    case 'sata':
      // The board's own controller is there without an argument.
      return isBuiltIn(context, controller) ? undefined : { driver, id, ...address }
    case 'ide':
      return isBuiltIn(context, controller) ? undefined : { driver, id, ...address }
    default:
      return { driver, id, ...address }
  }
}

/** A controller with a fixed place on the root bus is part of the board. */
function isBuiltIn(context: ArgvContext, controller: Controller): boolean {
  return (context.plan.profile.pci?.places ?? []).some(
    (spot) =>
      spot.kind === 'controller' &&
      spot.fixed === true &&
      spot.where.type === controller.type &&
      (spot.where.index ?? 0) === (controller.index ?? 0),
  )
}

/** A board that has no floppy controller is given one for its floppies, and none without. */
function hasFloppy({ domain }: ArgvContext): boolean {
  return (domain.devices.disk ?? []).some(({ bus }) => bus === 'fdc')
}

function floppyBootIndexes(context: ArgvContext, controller: Controller): Options {
  const options: Record<string, number> = {}
  for (const disk of context.domain.devices.disk ?? []) {
    if (disk.bus !== 'fdc' || disk.address?.type !== 'drive' || disk.bootOrder === undefined)
      continue
    if (disk.address.controller !== (controller.index ?? 0)) continue
    options[disk.address.unit === 0 ? 'bootindexA' : 'bootindexB'] = disk.bootOrder
  }
  return options
}

/** Companions name the bus they serve; the master carries the id. */
function usbOptions(context: ArgvContext, controller: Controller): Options {
  const { index = 0, masterStartport } = controller
  if (masterStartport !== undefined) {
    const master = context.domain.devices.controller?.find(
      (c) => c.type === 'usb' && (c.index ?? 0) === index && c.masterStartport === undefined,
    )
    const alias = master?.alias ?? controllerAlias(context.domain, 'usb', index)
    return { masterbus: `${alias}.0`, firstport: masterStartport }
  }
  const { ports } = controller
  return { p2: ports, p3: ports, id: controller.alias }
}

function pciOptions(context: ArgvContext, controller: Controller): Options | undefined {
  const { modelName: driver = '', alias: id, model } = controller
  const address = placeOptions(controller, context.domain)
  switch (model) {
    case 'pcie-root':
      return undefined
    case 'pci-root': {
      const { targetIndex: index = 0, numaNode } = controller
      return index === 0 ? undefined : { driver, index, id, numa_node: numaNode }
    }
    case 'pci-bridge':
      return { driver, chassis_nr: controller.chassisNr, id, ...address }
    case 'pcie-root-port':
    case 'pcie-switch-downstream-port':
      return {
        driver,
        port: controller.port,
        chassis: controller.chassis,
        id,
        ...address,
        hotplug: controller.hotplug,
      }
    case 'pci-expander-bus':
    case 'pcie-expander-bus':
      return { driver, bus_nr: controller.busNr, id, numa_node: controller.numaNode, ...address }
    default:
      return { driver, id, ...address }
  }
}
