import { childrenNamed, elementAt, loadXmlReader } from '../core.ts'
import type { XmlElement } from '../core.ts'

/** The devices of one kind in a domain's document, in its order. */
export async function devicesOf(xml: string, kind: string): Promise<readonly XmlElement[]> {
  const readXml = await loadXmlReader()
  const devices = elementAt(readXml(xml), 'devices')
  return devices === undefined ? [] : childrenNamed(devices, kind)
}
