import { describe, expect, test } from 'vitest'
import { readXml } from '../../src/xml/read-xml.ts'
import type { XmlElement } from '../../src/xml/element.ts'
import { domainCapabilitiesXml } from '../../src/hypervisor/domain-capabilities-xml.ts'
import { testArch, testCapabilities, testHost } from '../support/test-arch.ts'

function child(element: XmlElement, ...path: readonly string[]): XmlElement {
  return path.reduce((at, name) => {
    const found = at.children.find(
      (one) => one.name === name || one.attributes.get('name') === name,
    )
    if (found === undefined) throw new Error(`no ${name} in ${at.name}`)
    return found
  }, element)
}

const values = (element: XmlElement): readonly string[] => element.children.map((one) => one.text)

describe('domain capabilities', () => {
  const root = readXml(
    domainCapabilitiesXml({
      arch: testArch,
      guestName: 'toy64',
      emulator: '/usr/bin/qemu-system-toy64',
      capabilities: testCapabilities,
      host: testHost,
    }),
  )

  test("have libvirt's elements in libvirt's order", () => {
    expect(root.children.map((one) => one.name)).toEqual([
      'path',
      'domain',
      'machine',
      'arch',
      'vcpu',
      'iothreads',
      'os',
      'cpu',
      'memoryBacking',
      'devices',
      'features',
    ])
    expect(child(root, 'devices').children.map((one) => one.name)).toEqual([
      'disk',
      'graphics',
      'video',
      'hostdev',
      'rng',
      'filesystem',
      'tpm',
      'redirdev',
      'channel',
    ])
  })

  test('offer what the tables and this QEMU offer, and nothing else', () => {
    expect(values(child(root, 'devices', 'disk', 'bus'))).toEqual(['scsi', 'virtio', 'usb', 'sata'])
    expect(values(child(root, 'devices', 'disk', 'model'))).toEqual(['virtio'])
    expect(values(child(root, 'devices', 'video', 'modelType'))).toEqual(['vga', 'virtio', 'none'])
    const models = child(root, 'cpu', 'custom').children
    expect(
      models.map((one) => [one.text, one.attributes.get('vendor'), one.attributes.get('usable')]),
    ).toEqual([
      ['toy1', 'ToyWorks', 'unknown'],
      ['toy2', 'ToyWorks', 'unknown'],
    ])
    expect(child(root, 'cpu', 'host-passthrough').attributes.get('supported')).toBe('no')
    expect(child(root, 'devices', 'hostdev').attributes.get('supported')).toBe('no')
  })
})
