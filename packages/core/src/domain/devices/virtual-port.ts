import { integer, list, nonEmpty, oneOf, required, yesNo } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { uuidField } from '../identity.ts'

export const virtualPortTypes = ['802.1Qbg', '802.1Qbh', 'openvswitch', 'midonet'] as const

/** `<virtualport>`: how a switch that is told about ports learns of this one. */
export interface VirtualPort {
  readonly type?: (typeof virtualPortTypes)[number]
  readonly managerId?: number
  readonly typeId?: number
  readonly typeIdVersion?: number
  readonly instanceId?: string
  readonly profileId?: string
  readonly interfaceId?: string
}

export const virtualPortXml: XmlFields<VirtualPort> = {
  type: oneOf('@type', virtualPortTypes),
  managerId: integer('parameters/@managerid', { max: 255 }),
  typeId: integer('parameters/@typeid', { max: 0xffffff }),
  typeIdVersion: integer('parameters/@typeidversion', { max: 255 }),
  instanceId: uuidField('parameters/@instanceid'),
  interfaceId: uuidField('parameters/@interfaceid'),
  profileId: nonEmpty('parameters/@profileid'),
}

export interface VlanTag {
  readonly id: number
  readonly nativeMode?: 'tagged' | 'untagged'
}

const vlanTagXml: XmlFields<VlanTag> = {
  id: required(integer('@id', { max: 4095, what: 'a VLAN tag' })),
  nativeMode: oneOf('@nativeMode', ['tagged', 'untagged']),
}

export interface Vlan {
  readonly trunk?: boolean
  readonly tags?: readonly VlanTag[]
}

export const vlanXml: XmlFields<Vlan> = {
  trunk: yesNo('@trunk'),
  tags: list('tag', vlanTagXml),
}
