import type { Domain } from '@polyvirt/core'
import { claims } from './claims.ts'
import { deviceModel } from './device-model.ts'
import { placedDevices } from './placed-device.ts'
import { usualVcpus } from './scenario.ts'
import { machineOf, type Target } from './target.ts'

/**
 * A document as it is for this board, so that one document suits all. What plugs into USB gets the
 * controller that a board brings by itself or not, and the suite's usual vCPUs are one where a board
 * has no more. What a document says about either is left alone.
 */
export function onBoard(domain: Domain, target: Target): Domain {
  return withUsb(withFewerVcpus(domain, target), target)
}

function withUsb(domain: Domain, target: Target): Domain {
  const { controller = [] } = domain.devices
  const isUsb = ({ type }: { readonly type: string }): boolean => type === 'usb'
  const brought = target.profile.implicit.some(
    ({ kind, device }) => kind === 'controller' && isUsb(device),
  )
  if (brought || controller.some(isUsb) || !claims(target, 'device:controller:usb')) return domain
  const plugged = placedDevices(domain).some((one) =>
    ['usb', 'ccid'].includes(deviceModel(one, target)?.bus ?? ''),
  )
  if (!plugged) return domain
  const usb = { type: 'usb', index: 0 } as const
  return { ...domain, devices: { ...domain.devices, controller: [...controller, usb] } }
}

function withFewerVcpus(domain: Domain, target: Target): Domain {
  const { cpuMax = usualVcpus } = machineOf(target) ?? {}
  const isUsual = domain.vcpus === usualVcpus && domain.cpu?.topology === undefined
  return isUsual && cpuMax < usualVcpus ? { ...domain, vcpus: cpuMax } : domain
}
