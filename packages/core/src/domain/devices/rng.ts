import { integer, list, nonEmpty, onOff, oneOf, required, text } from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { charProtocols, charSourceXml, charTypes } from './chardev.ts'
import type { CharProtocol, CharSource, CharType } from './chardev.ts'
import { deviceInfoXml, virtioOptionsXml } from './device-info.ts'
import type { DeviceInfo, VirtioOptions } from './device-info.ts'

export const virtioModels = ['virtio', 'virtio-transitional', 'virtio-non-transitional'] as const
export type VirtioModel = (typeof virtioModels)[number]

/** A source of randomness for the guest. */
export interface Rng extends DeviceInfo, VirtioOptions {
  readonly model: VirtioModel
  readonly rateBytes?: number
  /** Milliseconds over which `rateBytes` may be drawn. */
  readonly ratePeriod?: number
  readonly backend: 'random' | 'builtin' | 'egd'
  /** For `random`: a device of the host, `/dev/urandom` where it is missing. */
  readonly source?: string
  /** For `egd`: where the daemon listens or connects. */
  readonly egdType?: CharType
  readonly egdSources?: readonly CharSource[]
  readonly egdProtocol?: CharProtocol
  /** Where all that the daemon says is written down as well. */
  readonly egdLogFile?: string
  readonly egdLogAppend?: boolean
}

export const rngXml: XmlFields<Rng> = {
  model: required(oneOf('@model', virtioModels)),
  rateBytes: integer('rate/@bytes', { max: 0xffffffff }),
  ratePeriod: integer('rate/@period', { min: 1, max: 0xffffffff }),
  backend: required(oneOf('backend/@model', ['random', 'builtin', 'egd'])),
  source: deviceField(),
  egdType: oneOf('backend/@type', charTypes),
  egdSources: list('backend/source', charSourceXml),
  egdProtocol: oneOf('backend/protocol/@type', charProtocols),
  egdLogFile: text('backend/log/@file'),
  egdLogAppend: onOff('backend/log/@append'),
  ...virtioOptionsXml,
  ...deviceInfoXml,
}

/** The backend's own text; beside elements in it, the blanks around it are the layout's. */
function deviceField(): XmlField<string> {
  const field = nonEmpty('backend/.')
  return {
    ...field,
    read(scope) {
      const found = field.read(scope)
      const backend = scope.element.children.find((one) => one.name === 'backend')
      if ((backend?.children ?? []).length === 0) return found
      return found?.trim() === '' ? undefined : found?.trim()
    },
  }
}
