import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { s390x } from '../src/index.ts'
import { emulator, recorded } from './contexts.ts'

/** The recorded QEMU as one of version 10, built with the PCI devices that Debian builds it with. */
const newer: QemuCapabilities = {
  ...recorded(),
  version: { major: 10, minor: 0, micro: 0 },
  devices: [...recorded().devices, 'qemu-xhci', 'usb-tablet', 'usb-storage', 'e1000e', 'igb'],
}

function plan(devices: string, capabilities: QemuCapabilities) {
  const [target] = targetsOf(s390x, s390x.guests[0], capabilities, emulator)
  if (target === undefined) throw new Error('no s390-ccw-virtio in the recording')
  return planScenario(domainXml({ devices }), target)
}

const tablet = "<controller type='usb'/><input type='tablet' bus='usb'/>"

describe('QEMU 10', () => {
  it('has USB behind a PCI function, for those who ask', () => {
    const outcome = plan(tablet, newer)
    if (outcome.kind === 'refused') throw outcome.error
    const { stored, argv } = outcome.planned
    expect(stored.devices.controller).toContainEqual(
      expect.objectContaining({ type: 'usb', model: 'qemu-xhci' }),
    )
    const xhci = argv.findIndex((word) => word.includes('"driver":"qemu-xhci"'))
    expect(argv[xhci - 2]).toBe('{"driver":"zpci","uid":1,"fid":0,"target":"usb","id":"zpci1"}')
  })

  it('gives nobody USB who does not ask', () => {
    const outcome = plan('', newer)
    if (outcome.kind === 'refused') throw outcome.error
    expect(outcome.planned.stored.devices.controller?.map(({ type }) => type)).toEqual(['pci'])
  })

  it('has cards of PCs as PCI functions', () => {
    const card = "<interface type='user'><model type='e1000e'/></interface>"
    expect(plan(card, newer).kind).toBe('planned')
  })
})

describe('QEMU 7.2', () => {
  it('has no USB: a controller that is asked for is none, and a device is refused', () => {
    const none = plan("<controller type='usb'/>", recorded())
    if (none.kind === 'refused') throw none.error
    expect(none.planned.stored.devices.controller?.[0]).toMatchObject({
      type: 'usb',
      model: 'none',
    })
    const outcome = plan(tablet, recorded())
    if (outcome.kind === 'planned') throw new Error('it was planned')
    const [first] = outcome.error.problems
    expect(first?.path).toBe('devices/input[1]/@bus')
    expect(first?.message).toContain('10.0')
  })
})
