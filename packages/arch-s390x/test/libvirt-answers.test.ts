import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { Planned, PlanOutcome } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { s390x } from '../src/index.ts'
import { recorded } from './contexts.ts'

function planning(devices: string): PlanOutcome {
  const [target] = targetsOf(s390x, s390x.guests[0], recorded(), '/qemu')
  if (target === undefined) throw new Error('no s390-ccw-virtio in the recording')
  return planScenario(domainXml({ devices }), target)
}

function plan(devices: string): Planned {
  const outcome = planning(devices)
  if (outcome.kind === 'refused') throw outcome.error
  return outcome.planned
}

const disk = (name: string, more = ''): string =>
  `<disk type='file'><source file='/${name}'/><target dev='${name}' bus='virtio'/>${more}</disk>`

describe('an address', () => {
  it('that says only that it is of a channel is the next free one', () => {
    const { stored } = plan(disk('vda') + disk('vdb', "<address type='ccw'/>"))
    expect(stored.devices.disk?.map(({ address }) => address)).toEqual([
      { type: 'ccw', cssid: 0xfe, ssid: 0, devno: 0 },
      { type: 'ccw', cssid: 0xfe, ssid: 0, devno: 1 },
    ])
  })

  it('keeps the ids that a function of the host is given, wherever it will be', () => {
    const card = (domain: number, zpci: string): string =>
      `<hostdev mode='subsystem' type='pci'><source><address domain='0x000${domain}' bus='0x00' slot='0x00' function='0x0'/></source><address type='pci'><zpci ${zpci}/></address></hostdev>`
    const { stored } = plan(card(0, "uid='0x0001'") + card(1, "uid='0x0005'"))
    expect(stored.devices.hostdev?.map(({ address }) => address)).toMatchObject([
      { uid: 1, fid: 0 },
      { uid: 5, fid: 1 },
    ])
  })
})

describe('a serial port', () => {
  it('of the service element is one alone, where libvirt plugs two into it', () => {
    const found = planning("<serial type='pty'/><serial type='pty'/>")
    expect(found.kind === 'refused' && found.error.problems.map(({ path }) => path)).toEqual([
      'devices/serial[2]',
    ])
  })
})
