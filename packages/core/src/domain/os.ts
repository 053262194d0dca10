import {
  integer,
  list,
  mapped,
  nonEmpty,
  oneOf,
  record,
  required,
  text,
  yesNo,
} from '../xml/fields.ts'
import type { XmlFields } from '../xml/fields.ts'
import { diskSourceXml } from './devices/disk-source.ts'
import type { DiskSource } from './devices/disk-source.ts'

export const bootDevices = ['fd', 'hd', 'cdrom', 'network'] as const
export type BootDevice = (typeof bootDevices)[number]

export interface Boot {
  readonly dev: BootDevice
}

const bootXml: XmlFields<Boot> = { dev: required(oneOf('@dev', bootDevices)) }

export interface FirmwareFeature {
  readonly enabled: boolean
  readonly name: string
}

const firmwareFeatureXml: XmlFields<FirmwareFeature> = {
  enabled: required(yesNo('@enabled')),
  name: required(text('@name')),
}

/** What a file of firmware in flash may be. */
export type FlashFormat = (typeof flashFormats)[number]

const flashFormats = ['raw', 'qcow2'] as const

/** What boots, and on which machine. */
export interface Os {
  readonly firmware?: 'bios' | 'efi'
  /** The kind of virtualization; polyvirt offers `hvm`. */
  readonly type: string
  readonly arch?: string
  readonly machine?: string
  readonly firmwareFeatures?: readonly FirmwareFeature[]
  readonly loader?: string
  readonly loaderReadonly?: boolean
  readonly loaderSecure?: boolean
  readonly loaderStateless?: boolean
  readonly loaderType?: 'rom' | 'pflash'
  /** What the loader's file is; `raw` where nothing is said. */
  readonly loaderFormat?: FlashFormat
  /** The file that holds the firmware's variables, where it is named by its path alone. */
  readonly nvram?: string
  readonly nvramTemplate?: string
  /** What holds them where `nvramSource` says where they are. */
  readonly nvramType?: 'file' | 'block' | 'network'
  readonly nvramFormat?: FlashFormat
  readonly nvramSource?: DiskSource
  readonly kernel?: string
  readonly initrd?: string
  readonly cmdline?: string
  readonly dtb?: string
  /** A table of its own for the guest's ACPI: a file that holds it. */
  readonly acpiTable?: string
  readonly acpiTableType?: 'slic'
  readonly boot?: readonly Boot[]
  readonly bootmenuEnable?: boolean
  /** Milliseconds. */
  readonly bootmenuTimeout?: number
  readonly biosUseserial?: boolean
  /** Milliseconds until a failed boot is tried again; -1 never. */
  readonly biosRebootTimeout?: number
  readonly smbiosMode?: 'none' | 'emulate' | 'host' | 'sysinfo'
}

export const osXml: XmlFields<Os> = {
  firmware: oneOf('@firmware', ['bios', 'efi']),
  arch: nonEmpty('type/@arch'),
  machine: nonEmpty('type/@machine'),
  type: required(nonEmpty('type')),
  firmwareFeatures: list('firmware/feature', firmwareFeatureXml),
  loaderReadonly: yesNo('loader/@readonly'),
  loaderSecure: yesNo('loader/@secure'),
  loaderType: oneOf('loader/@type', ['rom', 'pflash']),
  loaderFormat: oneOf('loader/@format', flashFormats),
  loaderStateless: yesNo('loader/@stateless'),
  loader: nonEmpty('loader'),
  nvramTemplate: text('nvram/@template'),
  nvramType: oneOf('nvram/@type', ['file', 'block', 'network']),
  nvramFormat: oneOf('nvram/@format', flashFormats),
  // Beside a <source> in it, the blanks are the layout's.
  nvram: mapped(
    nonEmpty('nvram'),
    (written) => (written.trim() === '' ? undefined : written),
    (path) => path,
  ),
  nvramSource: record('nvram/source', diskSourceXml),
  kernel: nonEmpty('kernel'),
  initrd: nonEmpty('initrd'),
  cmdline: nonEmpty('cmdline'),
  dtb: nonEmpty('dtb'),
  acpiTable: nonEmpty('acpi/table'),
  acpiTableType: oneOf('acpi/table/@type', ['slic']),
  boot: list('boot', bootXml),
  bootmenuEnable: yesNo('bootmenu/@enable'),
  bootmenuTimeout: integer('bootmenu/@timeout', { max: 65535 }),
  biosUseserial: yesNo('bios/@useserial'),
  biosRebootTimeout: integer('bios/@rebootTimeout', { min: -1, max: 65535 }),
  smbiosMode: oneOf('smbios/@mode', ['none', 'emulate', 'host', 'sysinfo']),
}
