import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** Every device of these parts that has a PCI address, with the bus it is on. */
function busesOf(parts: DomainParts): Readonly<Record<string, number>> {
  const [target] = targetsOf(loongarch64, loongarch64.guests[0], recorded(), '/opt/qemu')
  if (target === undefined) throw new Error('no virt in the recording')
  const outcome = planScenario(domainXml(parts), target)
  if (outcome.kind === 'refused') throw outcome.error
  const buses: Record<string, number> = {}
  for (const [kind, list] of Object.entries(outcome.planned.domain.devices)) {
    for (const { address, type, model } of list as readonly Placed[]) {
      if (address?.type !== 'pci' || model === 'pcie-root-port') continue
      buses[kind === 'controller' ? `${kind} ${type}` : kind] = address.bus ?? -1
    }
  }
  return buses
}

interface Placed {
  readonly type?: string
  readonly model?: string
  readonly address?: { readonly type: string; readonly bus?: number }
}

/** As libvirt 10.1 and newer, the first that know the machine, lay it out (tests/qemuxmlconfdata). */
describe('the machine has libvirt’s layout', () => {
  it('with the default models of everything', () => {
    const devices =
      "<controller type='usb'/><controller type='scsi'/><interface type='user'/>" +
      "<serial type='pty'/><video/><memballoon model='none'/>"
    expect(busesOf({ devices })).toEqual({
      interface: 1,
      'controller usb': 2,
      'controller scsi': 3,
      video: 4,
    })
  })

  it('with a disk, a display and an agent', () => {
    const devices =
      "<disk type='file' device='disk'><source file='/x.img'/><target dev='vda' bus='virtio'/></disk>" +
      "<controller type='usb' index='0' model='qemu-xhci' ports='15'/>" +
      "<interface type='user'><model type='virtio'/></interface><console type='pty'/>" +
      "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>" +
      "<input type='tablet' bus='usb'/><input type='keyboard' bus='usb'/>" +
      "<graphics type='vnc' port='-1'/><video><model type='virtio'/></video>" +
      "<memballoon model='virtio'/>" +
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
    expect(busesOf({ features: '<acpi/>', devices })).toEqual({
      interface: 1,
      'controller usb': 2,
      'controller virtio-serial': 3,
      disk: 4,
      memballoon: 5,
      rng: 6,
      video: 7,
    })
  })

  it('and adds neither USB nor a balloon by itself', () => {
    expect(busesOf({})).toEqual({})
  })
})
