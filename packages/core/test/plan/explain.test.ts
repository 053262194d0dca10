import { describe, expect, test } from 'vitest'
import { formatDomain } from '../../src/xml/parse-domain.ts'
import { readXml } from '../../src/xml/read-xml.ts'
import type { XmlElement } from '../../src/xml/element.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

/** Every attribute and text of a document by its path, `devices/disk[1]/target/@bus`. */
function leaves(element: XmlElement, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of element.attributes) found.set(`${path}@${name}`, value)
  if (element.children.length === 0 && element.text.trim() !== '')
    found.set(path.replace(/\/$/, ''), element.text)
  const numbers = new Map<string, number>()
  for (const child of element.children) {
    const number = (numbers.get(child.name) ?? 0) + 1
    numbers.set(child.name, number)
    const kind =
      path === 'devices/' && child.name !== 'emulator' ? `${child.name}[${number}]` : child.name
    if (child.attributes.size === 0 && child.children.length === 0 && child.text === '')
      found.set(`${path}${kind}`, '')
    for (const [key, value] of leaves(child, `${path}${kind}/`)) found.set(key, value)
  }
  return found
}

/** What the plan added, as paths that no note speaks of. */
function unexplained(xml: string): readonly string[] {
  const plan = planToy(xml)
  const before = leaves(readXml(xml))
  const notes = plan.notes().map((note) => note.path)
  return [...leaves(readXml(formatDomain(plan.domain)))].flatMap(([path, value]) => {
    if (before.has(path)) return []
    // A note on a device or an address speaks of all that is in it.
    const told = notes.some((note) => path === note || path.startsWith(`${note}/`))
    return told ? [] : [`${path}=${value}`]
  })
}

const documents: Readonly<Record<string, string>> = {
  'the smallest document': toyXml(),
  'a serial port': toyXml({ devices: `<serial type='pty'/>` }),
  'a console': toyXml({ devices: `<console type='pty'/>` }),
  sockets: toyXml({
    devices: `<serial type='tcp'><source host='h' service='1'/></serial><channel type='unix'><source path='/s'/><target type='virtio' name='x'/></channel>`,
  }),
  'a display': toyXml({ devices: `<graphics type='vnc'/>` }),
  'a display with an address': toyXml({
    devices: `<graphics type='vnc' listen='127.0.0.1' port='5901'/>`,
  }),
  'a display on a socket': toyXml({ devices: `<graphics type='vnc' socket='/s'/>` }),
  SPICE: toyXml({ devices: `<graphics type='spice' autoport='yes'/>` }),
  disks: toyXml({
    devices: `<disk type='file'><source file='/a'/><target dev='vda'/></disk><disk type='file' device='cdrom'><target dev='sda'/></disk>`,
  }),
  'a CPU': toyXml({
    more: `<cpu><model>toy1</model><topology sockets='1' cores='2' threads='1'/><feature name='a'/></cpu>`,
  }),
  'NUMA cells': toyXml({
    more: `<cpu mode='custom'><model>toy1</model><numa><cell memory='32768' cpus='0'/><cell memory='32768'/></numa></cpu>`,
  }),
  'a hypervisor': toyXml({
    more: `<features><hyperv><vendor_id state='on' value='a'/></hyperv></features>`,
  }),
  'cards and inputs': toyXml({
    devices: `<interface type='user'/><interface type='user'><model type='spapr-vlan'/></interface><input type='tablet'/>`,
  }),
  'small devices': toyXml({
    devices: `<watchdog model='i6300esb'/><rng model='virtio'><backend model='random'/></rng><panic/><video><model type='vga'/></video><sound model='ac97'/><nvram/>`,
  }),
}

describe('explain', () => {
  test.each(Object.entries(documents))('%s: everything that is added has a note', (_, xml) => {
    expect(unexplained(xml)).toEqual([])
  })

  test('every note has a rule, an owner and a reason, and nothing that was written is noted', () => {
    for (const { path, rule, owner, reason } of planToy(
      Object.values(documents)[8] ?? '',
    ).notes()) {
      expect([path, rule, reason].every((text) => text !== '')).toBe(true)
      expect(['@polyvirt/core', '@example/arch-toy']).toContain(owner)
    }
  })
})
