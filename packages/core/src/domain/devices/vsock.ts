import { integer, oneOf, yesNo } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'
import { virtioModels } from './rng.ts'
import type { VirtioModel } from './rng.ts'

/** Sockets between guest and host without a network. */
export interface Vsock extends DeviceInfo, VirtioOptions {
  readonly model?: VirtioModel
  readonly auto?: boolean
  /** The guest's address; 0 to 2 are the hypervisor's and the host's (vsock(7)). */
  readonly cid?: number
}

export const vsockXml: XmlFields<Vsock> = {
  model: oneOf('@model', virtioModels),
  auto: yesNo('cid/@auto'),
  cid: integer('cid/@address', { min: 3, max: 0xffffffff, what: 'a context id' }),
  ...virtioOptionsXml,
  ...deviceInfoXml,
}
