import { sizeKiB } from '../memory.ts'
import { fallback, integer, hex, oneOf, onOff, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

export const controllerTypes = [
  'pci',
  'usb',
  'scsi',
  'sata',
  'ide',
  'fdc',
  'virtio-serial',
  'ccid',
  'xenbus',
  'isa',
] as const
export type ControllerType = (typeof controllerTypes)[number]

/** Models by controller type, as libvirt spells them. */
export const controllerModels: Readonly<Record<ControllerType, readonly string[]>> = {
  pci: [
    'pci-root',
    'pcie-root',
    'pci-bridge',
    'dmi-to-pci-bridge',
    'pcie-to-pci-bridge',
    'pcie-root-port',
    'pcie-switch-upstream-port',
    'pcie-switch-downstream-port',
    'pci-expander-bus',
    'pcie-expander-bus',
  ],
  usb: [
    'piix3-uhci',
    'piix4-uhci',
    'ehci',
    'ich9-ehci1',
    'ich9-uhci1',
    'ich9-uhci2',
    'ich9-uhci3',
    'vt82c686b-uhci',
    'pci-ohci',
    'nec-xhci',
    'qusb1',
    'qusb2',
    'qemu-xhci',
    'none',
  ],
  scsi: [
    'auto',
    'buslogic',
    'lsilogic',
    'lsisas1068',
    'vmpvscsi',
    'ibmvscsi',
    'virtio-scsi',
    'lsisas1078',
    'virtio-transitional',
    'virtio-non-transitional',
    'ncr53c90',
    'dc390',
    'am53c974',
  ],
  ide: ['piix3', 'piix4', 'ich6'],
  'virtio-serial': ['virtio', 'virtio-transitional', 'virtio-non-transitional'],
  sata: [],
  fdc: [],
  ccid: [],
  xenbus: [],
  isa: [],
}

/** A bus of its own: what other devices are plugged into. */
export interface Controller extends DeviceInfo, VirtioOptions {
  readonly type: ControllerType
  /** Unique among the controllers of its type; given out where it is missing. */
  readonly index?: number
  readonly model?: string
  /** USB: number of ports. */
  readonly ports?: number
  readonly vectors?: number
  readonly maxGrantFrames?: number
  readonly queues?: number
  readonly cmdPerLun?: number
  readonly maxSectors?: number
  readonly ioeventfd?: boolean
  readonly iothread?: number
  /** PCI: QEMU's device for the model, `<model name='pcie-root-port'/>`. */
  readonly modelName?: string
  readonly pcihole64KiB?: number
  /** PCI bridge: number by which the guest tells bridges apart. */
  readonly chassisNr?: number
  readonly chassis?: number
  readonly port?: number
  readonly busNr?: number
  /** Host bridge number on machines that have several. */
  readonly targetIndex?: number
  readonly hotplug?: boolean
  readonly numaNode?: number
}

export const controllerXml: XmlFields<Controller> = {
  type: fallback(oneOf('@type', controllerTypes), 'ide'),
  index: integer('@index', { max: 0x7fffffff }),
  model: text('@model'),
  ports: integer('@ports', { min: 1, max: 0x7fffffff }),
  vectors: integer('@vectors', { max: 0x7fffffff }),
  maxGrantFrames: integer('@maxGrantFrames', { max: 0x7fffffff }),
  queues: integer('driver/@queues', { min: 1, max: 0xffff }),
  cmdPerLun: integer('driver/@cmd_per_lun', { max: 0xffffffff }),
  maxSectors: integer('driver/@max_sectors', { max: 0xffffffff }),
  ioeventfd: onOff('driver/@ioeventfd'),
  iothread: integer('driver/@iothread', { min: 1, max: 0xffffffff }),
  ...virtioOptionsXml,
  modelName: text('model/@name'),
  pcihole64KiB: sizeKiB('pcihole64'),
  chassisNr: integer('target/@chassisNr', { min: 1, max: 255 }),
  chassis: integer('target/@chassis', { max: 255 }),
  port: hex('target/@port', 1, { max: 255 }),
  busNr: integer('target/@busNr', { min: 1, max: 254 }),
  targetIndex: integer('target/@index', { max: 31 }),
  hotplug: onOff('target/@hotplug'),
  numaNode: integer('target/node', { max: 255 }),
  ...deviceInfoXml,
}
