import { oneOf, required, text, yesNo } from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

export const tpmModels = ['tpm-tis', 'tpm-crb', 'tpm-spapr', 'spapr-tpm-proxy'] as const
export const pcrBanks = ['sha1', 'sha256', 'sha384', 'sha512'] as const
export type PcrBank = (typeof pcrBanks)[number]

/** A trusted platform module: emulated by swtpm, or the host's own. */
export interface Tpm extends DeviceInfo {
  readonly model?: (typeof tpmModels)[number]
  readonly backend: 'passthrough' | 'emulator' | 'external'
  readonly device?: string
  readonly version?: '1.2' | '2.0'
  readonly encryptionSecret?: string
  readonly persistentState?: boolean
  readonly activePcrBanks?: readonly PcrBank[]
  readonly sourceType?: 'unix'
  readonly sourcePath?: string
  readonly sourceMode?: 'connect'
}

export const tpmXml: XmlFields<Tpm> = {
  model: oneOf('@model', tpmModels),
  backend: required(oneOf('backend/@type', ['passthrough', 'emulator', 'external'])),
  version: oneOf('backend/@version', ['1.2', '2.0']),
  persistentState: yesNo('backend/@persistent_state'),
  device: text('backend/device/@path'),
  encryptionSecret: text('backend/encryption/@secret'),
  activePcrBanks: banks(),
  sourceType: oneOf('backend/source/@type', ['unix']),
  sourceMode: oneOf('backend/source/@mode', ['connect']),
  sourcePath: text('backend/source/@path'),
  ...deviceInfoXml,
}

/** Banks are elements named after their hash; libvirt writes them in its own order. */
function banks(): XmlField<readonly PcrBank[]> {
  const parent = 'active_pcr_banks'
  return {
    knows: pcrBanks.map((bank) => `backend/${parent}/${bank}`),
    read(scope) {
      const element = scope.element.children
        .find((one) => one.name === 'backend')
        ?.children.find((one) => one.name === parent)
      if (element === undefined) return undefined
      return pcrBanks.filter((bank) => element.children.some((one) => one.name === bank))
    },
    write(all, writer) {
      for (const bank of all) writer.open(['backend', parent, bank])
    },
  }
}
