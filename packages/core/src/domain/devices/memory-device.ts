import { integer, oneOf, present, required, text, yesNo } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { cpuset } from '../cpuset.ts'
import { sizeKiB } from '../memory.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

export const memoryModels = ['dimm', 'nvdimm', 'virtio-pmem', 'virtio-mem', 'sgx-epc'] as const

/** Memory that is a device: it can be plugged, kept over a reboot, or grow and shrink. In KiB. */
export interface MemoryDevice extends DeviceInfo {
  readonly model: (typeof memoryModels)[number]
  readonly access?: 'shared' | 'private'
  readonly discard?: boolean
  readonly uuid?: string
  readonly pagesizeKiB?: number
  readonly nodemask?: readonly number[]
  readonly path?: string
  readonly alignsizeKiB?: number
  readonly pmem?: boolean
  readonly sizeKiB: number
  readonly node?: number
  readonly labelSizeKiB?: number
  readonly readonly?: boolean
  readonly blockKiB?: number
  readonly requestedKiB?: number
}

export const memoryDeviceXml: XmlFields<MemoryDevice> = {
  model: required(oneOf('@model', memoryModels)),
  access: oneOf('@access', ['shared', 'private']),
  discard: yesNo('@discard'),
  uuid: text('uuid'),
  path: text('source/path'),
  alignsizeKiB: sizeKiB('source/alignsize'),
  pmem: present('source/pmem'),
  nodemask: cpuset('source/nodemask'),
  pagesizeKiB: sizeKiB('source/pagesize'),
  sizeKiB: required(sizeKiB('target/size')),
  node: integer('target/node', { max: 0xffffffff }),
  labelSizeKiB: sizeKiB('target/label/size'),
  blockKiB: sizeKiB('target/block'),
  requestedKiB: sizeKiB('target/requested'),
  readonly: present('target/readonly'),
  ...deviceInfoXml,
}
