import { integer, oneOf, required } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

/** A processor for ciphers. */
export interface Crypto extends DeviceInfo, VirtioOptions {
  readonly model: 'virtio'
  readonly type: 'qemu'
  readonly backend: 'builtin' | 'lkcf'
  readonly queues?: number
}

export const cryptoXml: XmlFields<Crypto> = {
  model: required(oneOf('@model', ['virtio'])),
  type: required(oneOf('@type', ['qemu'])),
  backend: required(oneOf('backend/@model', ['builtin', 'lkcf'])),
  queues: integer('backend/@queues', { min: 1, max: 0xffff }),
  ...virtioOptionsXml,
  ...deviceInfoXml,
}
