import type { Domain } from '../domain/domain.ts'
import type { ValidDomain } from '../plan/validate-domain.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import { modelOf, virtioSuffix } from '../plan/allow-list.ts'
import type { DeviceModel } from '../arch/device-allow-list.ts'
import { isUserAlias } from '../domain/devices/device-info.ts'
import type { DeviceInfo } from '../domain/devices/device-info.ts'
import type { DeviceKind, DeviceOf } from '../domain/devices.ts'
import type { Address, UsbAddress } from '../domain/address.ts'
import type { Options } from './option-string.ts'

/** Where one run of a domain keeps what it needs. */
export interface RuntimePaths {
  /** Private folder of this run: monitor socket, key, logs of character devices. */
  readonly stateDir: string
  /** Folder for the sockets of channels that name no path. */
  readonly channelDir: string
  /** Folder of the guests' own copies of their firmware's variables. */
  readonly nvramDir?: string
  /** Folder for memory that is a file. */
  readonly ramDir?: string
  /** The guest's folder on a mounted hugetlbfs whose pages have so many KiB; the default size where none is named. */
  readonly hugeDir?: (pageKiB?: number) => string
}

/** What is decided only at start. */
export interface RuntimeChoices {
  readonly paths: RuntimePaths
  /** VNC and SPICE ports by position in `<graphics>`, where polyvirt picks them. */
  readonly ports?: Readonly<Record<number, number>>
  /** Ports of VNC over WebSocket by position in `<graphics>`, where polyvirt picks them. */
  readonly websockets?: Readonly<Record<number, number>>
  /** Host tap devices by position in `<interface>`; a file descriptor where there is none. */
  readonly taps?: Readonly<Record<number, string>>
  /** Descriptors of taps that QEMU inherits open, by position in `<interface>`. */
  readonly tapFds?: Readonly<Record<number, number>>
  /** QEMU opens devices of the kernel itself; else the line shows libvirt's form, a descriptor. */
  readonly opensDevices?: boolean
  /** The kernel may move the packets of virtio cards on taps, where the document leaves that open. */
  readonly vhostNet?: boolean
  /** Milliseconds since the epoch: what a clock with an offset of its own is counted from. */
  readonly nowMs?: number
  /** The guest comes from elsewhere, and QEMU waits to be told from where. */
  readonly incoming?: boolean
  /** Generic SCSI nodes of host units, by the device's alias. */
  readonly scsiNodes?: Readonly<Record<string, string>>
  /** Context id of a vsock that takes any. */
  readonly vsockCid?: number
  /** The host's TPM, where that is passed through. */
  readonly tpmDevice?: string
}

/** Everything the command line is made of; all of it proven before. */
export interface ArgvContext {
  readonly domain: ValidDomain
  readonly plan: PlanContext
  readonly runtime: RuntimeChoices
}

/** The allow-list's row for a device; validation has proven that there is one. */
export function offeredModel<K extends DeviceKind>(
  context: ArgvContext,
  kind: K,
  device: DeviceOf<K>,
): DeviceModel {
  return modelOf(kind, device, context.plan) ?? { bus: 'none' }
}

/** QEMU's driver name with the virtio form that the definition asks for. */
export function driverName(model: DeviceModel, form?: string): string {
  return `${model.driver ?? ''}${virtioSuffix(form)}`
}

/** Where a device is, with the number by which a guest's ACPI names it. */
export function placeOptions(
  { address, acpiIndex }: Pick<DeviceInfo, 'address' | 'acpiIndex'>,
  domain: Domain,
): Options {
  return {
    ...addressOptions(address, domain),
    ...(address?.type === 'pci' && acpiIndex !== undefined && { 'acpi-index': acpiIndex }),
  }
}

/** `bus` and `addr` (or `reg`, `port`, …) of a device, as QEMU takes them. */
function addressOptions(address: Address | undefined, domain: Domain): Options {
  switch (address?.type) {
    case 'pci': {
      const slot = `0x${address.slot.toString(16)}`
      return {
        bus: pciBusName(address.bus, domain),
        ...(address.multifunction !== undefined && { multifunction: address.multifunction }),
        addr: address.function === 0 ? slot : `${slot}.0x${address.function.toString(16)}`,
      }
    }
    case 'usb':
      return { bus: `${controllerAlias(domain, 'usb', address.bus)}.0`, port: address.port }
    case 'spapr-vio':
      return { reg: address.reg }
    case 'drive':
    case 'dimm':
      return {}
    case 'ccw': {
      const { cssid, ssid, devno } = address
      const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')
      return { devno: `${hex(cssid, 1)}.${ssid}.${hex(devno, 4)}` }
    }
    case 'virtio-serial':
      return {
        bus: `${controllerAlias(domain, 'virtio-serial', address.controller)}.${address.bus}`,
        nr: address.port,
      }
    case 'isa':
      return { iobase: address.iobase, irq: address.irq }
    case 'ccid':
      return { bus: `${controllerAlias(domain, 'ccid', address.controller)}.0` }
    default:
      return {}
  }
}

/** 1 on a port of the controller itself, one more for every hub between. */
export function usbDepth({ port = '' }: UsbAddress): number {
  return port.split('.').length
}

/** Alias of a controller; the one QEMU already has under that name when the domain has none. */
export function controllerAlias(domain: Domain, type: string, index: number): string {
  const found = domain.devices.controller?.find((c) => c.type === type && (c.index ?? 0) === index)
  return found?.alias ?? `${type}${index}`
}

/** A further root is a bridge of its own, whose bus is named after it. */
function pciBusName(index: number, domain: Domain): string {
  const controller = domain.devices.controller?.find((c) => c.type === 'pci' && c.index === index)
  // The board has named its own bus already, whatever a document calls the controller.
  const isNamed = isUserAlias(controller?.alias)
  const own = controller?.model === 'pcie-root' ? 'pcie.0' : 'pci.0'
  const alias = index === 0 && isNamed ? own : (controller?.alias ?? `pci.${index}`)
  const extraRoot = controller?.model === 'pci-root' && (controller.targetIndex ?? 0) > 0

  return extraRoot ? `${alias}.0` : alias
}

/** Options that every virtio device may carry. */
export function virtioOptions(device: {
  readonly iommu?: boolean
  readonly ats?: boolean
  readonly packed?: boolean
  readonly pagePerVq?: boolean
}): Options {
  return {
    iommu_platform: device.iommu,
    ats: device.ats,
    packed: device.packed,
    'page-per-vq': device.pagePerVq,
  }
}

/** One `-name value` pair of the command line. */
export type Argument = readonly [string, string] | readonly [string]
