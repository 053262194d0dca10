import { controllerModels } from '../../domain/devices/controller.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { modelNames } from '../addresses/assign-pci.ts'
import { maxRootPorts } from '../addresses/assign-usb.ts'
import { maxPorts } from '../addresses/assign-virtio-serial.ts'
import { iothreadsOf } from '../defaults/iothreads.ts'
import { checkUsbControllers } from './usb-controllers.ts'
import type { PlanContext } from '../plan-context.ts'

const virtioOnly = [
  ['iothread', 'iothread'],
  ['queues', 'queues'],
  ['cmdPerLun', 'cmd_per_lun'],
  ['maxSectors', 'max_sectors'],
  ['ioeventfd', 'ioeventfd'],
] as const

/** Indexes are unique; the PCI root is index 0 and the machine's own; bridges look upwards. */
export function checkControllers(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = [...checkUsbControllers(domain.devices.controller ?? [])]
  const seen = new Map<string, string>()
  const controllers = domain.devices.controller ?? []
  const layout = context.profile.pci
  const threads = iothreadsOf(domain)
  for (const [i, controller] of controllers.entries()) {
    const path = `devices/controller[${i + 1}]`
    const { type, index = 0, model, ports } = controller
    const most = type === 'usb' ? maxRootPorts : type === 'virtio-serial' ? maxPorts : undefined
    if (ports !== undefined && ports > (most ?? 0)) {
      const message =
        most === undefined
          ? `a ${type} controller has no number of ports`
          : `${ports} ports are more than a ${type} controller takes: 1 to ${most}`
      problems.push({ code: 'ERR_CONFIG_UNSUPPORTED', path: `${path}/@ports`, message })
    }
    // USB companions share an index: one EHCI, up to three UHCI.
    const key = `${type} ${index} ${type === 'usb' ? (model ?? '') : ''}`
    const other = seen.get(key)
    if (other !== undefined) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/@index`,
        message: `${type} controller ${index} is already given at ${other}`,
      })
    }
    seen.set(key, path)
    if (
      model !== undefined &&
      controllerModels[type].length > 0 &&
      !controllerModels[type].includes(model)
    )
      continue
    const virtio = type === 'scsi' && (model ?? '').startsWith('virtio')
    for (const [key, below] of virtio ? [] : virtioOnly)
      if (controller[key] !== undefined)
        problems.push({
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: `${path}/driver/@${below}`,
          message: `only a virtio-scsi controller has this, not '${model ?? type}'`,
        })
    const { iothread } = controller
    if (virtio && iothread !== undefined && threads.every(({ id }) => id !== iothread))
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/driver/@iothread`,
        message: `there is no iothread ${iothread}: <iothreads> says ${domain.iothreads ?? 0}`,
      })
    if (type !== 'pci' || layout === undefined) continue
    const names = modelNames.get(model ?? '')
    if (
      names !== undefined &&
      controller.modelName !== undefined &&
      !names.includes(controller.modelName)
    )
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/@name`,
        message: `a '${model ?? ''}' is QEMU's ${names.join(' or ')}, not '${controller.modelName}'`,
      })
    const isRoot = model === 'pci-root' || model === 'pcie-root'
    if (index === 0 && model !== layout.root) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/@model`,
        message: `PCI controller 0 of ${context.machine.name} is a '${layout.root}', not a '${model ?? ''}'`,
      })
    } else if (index > 0 && isRoot && !(layout.multipleRoots === true && model === layout.root)) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/@index`,
        message: `a '${model ?? ''}' has index 0, not ${index}`,
      })
    }
    const { address, numaNode } = controller
    if (isRoot && address !== undefined)
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/address`,
        message: `a '${model}' is where the others are plugged in, and has no address itself`,
      })
    if (numaNode !== undefined && (domain.cpu?.numa ?? []).every(({ id }) => id !== numaNode))
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/target/node`,
        message: `there is no NUMA cell ${numaNode}`,
      })
    if (!isRoot && address?.type === 'pci' && address.bus >= index) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/@index`,
        message: `a bridge has a higher index than the bus it sits on: index ${index} sits on bus ${address.bus}`,
      })
    }
  }
  return problems
}
