import {
  bandwidthXml,
  record,
  required,
  text,
  virtualPortXml,
  vlanXml,
  yesNo,
} from '@polyvirt/core/driver'
import type { Bandwidth, VirtualPort, Vlan, XmlFields } from '@polyvirt/core/driver'

/** Cards that name this group get what it says; those that name none get the default one's. */
export interface Portgroup {
  readonly name: string
  readonly isDefault?: boolean
  readonly trustGuestRxFilters?: boolean
  readonly vlan?: Vlan
  readonly virtualport?: VirtualPort
  readonly bandwidth?: Bandwidth
}

export const portgroupXml: XmlFields<Portgroup> = {
  name: required(text('@name')),
  isDefault: yesNo('@default'),
  trustGuestRxFilters: yesNo('@trustGuestRxFilters'),
  vlan: record('vlan', vlanXml),
  virtualport: record('virtualport', virtualPortXml),
  bandwidth: record('bandwidth', bandwidthXml),
}
