import { hex, nonEmpty, oneOf, onOff, required, text, yesNo } from '../xml/fields.ts'
import type { XmlFields } from '../xml/fields.ts'
import { integer } from '../xml/fields.ts'

/** Memory encryption of the whole guest. */
export interface LaunchSecurity {
  /** The facility's name; which there are is the architecture's to say. */
  readonly type: string
  readonly kernelHashes?: boolean
  readonly cbitpos?: number
  readonly reducedPhysBits?: number
  readonly policy?: number
  readonly dhCert?: string
  readonly session?: string
}

export const launchSecurityXml: XmlFields<LaunchSecurity> = {
  type: required(text('@type')),
  kernelHashes: yesNo('@kernelHashes'),
  cbitpos: integer('cbitpos', { max: 0xffffffff }),
  reducedPhysBits: integer('reducedPhysBits', { max: 0xffffffff }),
  policy: hex('policy', 4, { max: 0xffffffff, what: 'a policy' }),
  dhCert: nonEmpty('dhCert'),
  session: nonEmpty('session'),
}

/** `<keywrap>`: wrapping of keys by the machine's cryptographic facility. */
export interface KeywrapCipher {
  readonly name: 'aes' | 'dea'
  readonly state: boolean
}

export const keywrapCipherXml: XmlFields<KeywrapCipher> = {
  name: required(oneOf('@name', ['aes', 'dea'])),
  state: required(onOff('@state')),
}

export const seclabelTypes = ['none', 'static', 'dynamic'] as const

/** `<seclabel>`: the label of a security driver; polyvirt confines guests by its own means. */
export interface Seclabel {
  readonly type?: (typeof seclabelTypes)[number]
  readonly model?: string
  readonly relabel?: boolean
  readonly label?: string
  readonly baselabel?: string
  readonly imagelabel?: string
}

export const seclabelXml: XmlFields<Seclabel> = {
  type: oneOf('@type', seclabelTypes),
  model: text('@model'),
  relabel: yesNo('@relabel'),
  label: nonEmpty('label'),
  imagelabel: nonEmpty('imagelabel'),
  baselabel: nonEmpty('baselabel'),
}

/** A label for one file or socket of a device. */
export interface DeviceSeclabel {
  readonly model?: string
  readonly labelskip?: boolean
  readonly relabel?: boolean
  readonly label?: string
}

export const deviceSeclabelXml: XmlFields<DeviceSeclabel> = {
  model: text('@model'),
  labelskip: yesNo('@labelskip'),
  relabel: yesNo('@relabel'),
  label: nonEmpty('label'),
}
