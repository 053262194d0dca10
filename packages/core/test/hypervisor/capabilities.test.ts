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
  test('list the versions of an interrupt controller, and secure firmware only where keys are kept', () => {
    const root = readXml(
      domainCapabilitiesXml({
        arch: {
          ...testArch,
          guests: [{ ...testArch.guests[0], firmwareName: 'toy64' }],
          features: {
            supported: {
              gicVersion: {
                to: 'machine',
                property: 'gic-version',
                only: { values: ['2', '3', 'host'], reason: 'there are two' },
              },
            },
            defaults: () => ({}),
            timers: {},
          },
        },
        guestName: 'toy64',
        emulator: '/usr/bin/qemu-system-toy64',
        capabilities: testCapabilities,
        host: testHost,
        firmwares: () => [
          {
            interfaces: ['uefi'],
            device: 'flash',
            executable: '/code.fd',
            executableFormat: 'raw',
            targets: [{ architecture: 'toy64', machines: ['toy-*'] }],
            features: ['secure-boot'],
          },
        ],
      }),
    )
    expect(values(child(root, 'features', 'gic', 'version'))).toEqual(['2', '3'])
    expect(values(child(root, 'os', 'loader', 'secure'))).toEqual(['no'])
  })

  const root = readXml(
    domainCapabilitiesXml({
      arch: testArch,
      guestName: 'toy64',
      emulator: '/usr/bin/qemu-system-toy64',
      capabilities: testCapabilities,
      host: testHost,
    }),
  )

  test('show a model that this accelerator cannot give, and say so', () => {
    const blocked = { name: 'toy9', unavailableFeatures: ['wings'] }
    const root = readXml(
      domainCapabilitiesXml({
        arch: {
          ...testArch,
          cpu: { ...testArch.cpu, models: [...testArch.cpu.models, { name: 'toy9' }] },
        },
        guestName: 'toy64',
        emulator: '/usr/bin/qemu-system-toy64',
        capabilities: { ...testCapabilities, cpus: [...testCapabilities.cpus, blocked] },
        host: testHost,
      }),
    )
    const model = child(root, 'cpu', 'custom').children.find(({ text }) => text === 'toy9')
    expect(model?.attributes.get('usable')).toBe('no')
  })

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

  test('offer memory that this QEMU can be given', () => {
    const xml = domainCapabilitiesXml({
      arch: testArch,
      guestName: 'toy64',
      emulator: '/usr/bin/qemu-system-toy64',
      capabilities: {
        ...testCapabilities,
        objects: ['memory-backend-memfd', 'memory-backend-ram'],
      },
      host: testHost,
    })
    expect(values(child(readXml(xml), 'memoryBacking', 'sourceType'))).toEqual([
      'anonymous',
      'memfd',
    ])
  })

  test('show the levels of capabilities that were granted, after what libvirt has words for', () => {
    const arch = {
      ...testArch,
      machine: {
        ...testArch.machine,
        capabilities: [
          { feature: 'cfpc', property: 'cap-cfpc', levels: ['broken', 'workaround', 'fixed'] },
          { feature: 'htm', property: 'cap-htm', levels: ['off', 'on'] },
        ] as const,
      },
    }
    const xml = domainCapabilitiesXml({
      arch,
      guestName: 'toy64',
      emulator: '/usr/bin/qemu-system-toy64',
      capabilities: testCapabilities,
      host: testHost,
      grants: {
        'cap-cfpc': { default: 'workaround', granted: ['broken', 'workaround'], refused: {} },
        'cap-htm': { granted: [], refused: { on: 'no', off: 'no' } },
      },
    })
    const features = child(readXml(xml), 'features')
    expect(features.children.slice(-2).map((one) => one.name)).toEqual(['cfpc', 'htm'])
    expect(child(features, 'cfpc').attributes.get('default')).toBe('workaround')
    expect(values(child(features, 'cfpc', 'value'))).toEqual(['broken', 'workaround'])
    expect(child(features, 'htm').attributes.get('supported')).toBe('no')
  })
})
