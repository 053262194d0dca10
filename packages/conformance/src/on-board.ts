import { basename } from 'node:path'
import type { Domain } from '@polyvirt/core'
import { claims } from './claims.ts'
import { deviceModel } from './device-model.ts'
import { placedDevices } from './placed-device.ts'
import { image, usualVcpus } from './scenario.ts'
import { mostVcpusOf, type Target } from './target.ts'

/**
 * A document as it is for this board, so that one document suits all. What plugs into USB gets the
 * controller that a board brings by itself or not, the suite's usual vCPUs are one where a board has no
 * more, and a board without firmware of its own is given some. What a document says about any of them is
 * left alone.
 */
export function onBoard(domain: Domain, target: Target): Domain {
  return withBeginning(withUsb(withFewerVcpus(domain, target), target), target)
}

/** Firmware or a kernel in which nothing is: a machine that stays paused begins with it as with any other. */
const blankFirmware = image('blank-firmware', 1)
const blankKernel = image('blank-kernel', 1)

/** Whether a document names this file only because a board starts nothing by itself; it may be a copy. */
export const isBlank = (file: string | undefined): boolean =>
  file !== undefined &&
  [blankFirmware, blankKernel].some((blank) => basename(blank) === basename(file))

function withBeginning(domain: Domain, { profile }: Target): Domain {
  const { lacks = [] } = profile
  const { os } = domain
  const named = os.kernel ?? os.loader ?? os.firmware
  if (!lacks.includes('own-firmware') || named !== undefined) return domain
  const given = lacks.includes('loader') ? { kernel: blankKernel } : { loader: blankFirmware }
  return { ...domain, os: { ...os, ...given } }
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
  const cpuMax = mostVcpusOf(target)
  const isUsual = domain.vcpus === usualVcpus && domain.cpu?.topology === undefined
  return isUsual && cpuMax < usualVcpus ? { ...domain, vcpus: cpuMax } : domain
}
