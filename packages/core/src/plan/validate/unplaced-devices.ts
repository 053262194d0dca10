import type { Problem } from '../../errors.ts'
import type { DeviceInfo } from '../../domain/devices/device-info.ts'
import { pciWish } from '../addresses/pci-wish.ts'
import type { PlanContext } from '../plan-context.ts'
import type { Placed } from './placed.ts'

/** Devices for which no place was found. */
export function unplacedDevices(placed: readonly Placed[], context: PlanContext): Problem[] {
  const beyond = tooManyBuses(placed, context)
  const added = beyond.length > 0 ? new Set(addedBuses(placed)) : undefined
  return [
    ...beyond,
    ...placed.filter((one) => added?.has(one) !== true).flatMap((one) => unplaced(one, context)),
  ]
}

/** The PCI controllers that the document does not have. */
function addedBuses(placed: readonly Placed[]): readonly Placed[] {
  return placed.filter(
    ({ kind, device }) =>
      kind === 'controller' &&
      (device as { readonly type?: string }).type === 'pci' &&
      (device as DeviceInfo).origin === undefined,
  )
}

/** An address far beyond the last bus needs all the buses before it; it is told, and not each of them. */
function tooManyBuses(placed: readonly Placed[], context: PlanContext): Problem[] {
  const missing = addedBuses(placed).filter((one) => unplaced(one, context).length > 0)
  const [farthest] = placed
    .flatMap(({ path, device, address }) =>
      address?.type === 'pci' && (device as DeviceInfo).origin !== undefined
        ? [{ path, bus: address.bus }]
        : [],
    )
    .toSorted((a, b) => b.bus - a.bus)
  if (missing.length === 0 || farthest === undefined) return []
  return [
    {
      code: 'ERR_XML_ERROR',
      path: `${farthest.path}/address`,
      message: `bus ${farthest.bus} is beyond what the machine has places for: ${missing.length} PCI controllers before it find none`,
    },
  ]
}

function unplaced(one: Placed, context: PlanContext): Problem[] {
  if (one.address !== undefined) return []
  const { model } = one
  if (model === undefined || model.driver === undefined) return []
  const refuse = (message: string): Problem[] => [
    { code: 'ERR_XML_ERROR', path: `${one.path}/address`, message },
  ]
  if (model.bus === 'usb') {
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: one.path,
        message:
          "a USB device needs a USB controller with a free port; add <controller type='usb'/>",
      },
    ]
  }
  if (one.kind === 'console') return []
  if (pciWish(one.kind, one.device, context) !== undefined)
    return refuse('no PCI slot is left for this device')
  if (model.bus === 'spapr-vio') return refuse('no register is left for this device')
  if (model.bus === 'ccw') return refuse('no device number of the channel subsystem is left')
  return []
}
