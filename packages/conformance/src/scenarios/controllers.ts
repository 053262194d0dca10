import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { deviceOption } from '../plan-scenario.ts'
import { domainXml, image, type Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'

const many = 40
const manyCards = Array.from(
  { length: many },
  () => "<interface type='user'><model type='virtio'/></interface>",
).join('')

const scsiDisk = (index: number): string =>
  `<disk type='file'><source file='${image(`s${index}`, 1)}'/>` +
  `<target dev='sd${String.fromCharCode(97 + index)}' bus='scsi'/></disk>`

export const controllerScenarios: readonly Scenario[] = [
  {
    id: 'controller/many-cards',
    title: `${many} cards find ${many} places: the machine grows what they need`,
    uses: ['device:interface/virtio', `places:interface:${many}`],
    domain: domainXml({ devices: manyCards }),
    expect: {
      plan: ({ stored }) => strictEqual(stored.devices.interface?.length, many),
      live(machine) {
        const cards = [...machine.peripherals.keys()].filter((id) => /^net\d+$/.test(id))
        strictEqual(cards.length, many)
      },
      guest: (report) => strictEqual(report.net.length, many),
    },
  },
  {
    id: 'controller/address-clash',
    title: 'one address for two devices is refused',
    uses: ['device:rng/virtio', 'device:controller:pci'],
    missingAt: 'devices/rng',
    domain: domainXml({
      devices: (
        "<rng model='virtio'><backend model='builtin'/>" +
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x0b' function='0x0'/></rng>"
      ).repeat(2),
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/rng' },
  },
  {
    id: 'controller/no-such-bus',
    title: 'an address on a bus that nothing provides is refused, or the bus is made',
    uses: ['device:rng/virtio', 'device:controller:pci'],
    missingAt: 'devices/rng',
    domain: domainXml({
      devices:
        "<rng model='virtio'><backend model='builtin'/>" +
        "<address type='pci' domain='0x0001' bus='0x00' slot='0x0b' function='0x0'/></rng>",
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/rng' },
  },
  {
    id: 'controller/virtio-scsi',
    title: 'a virtio-scsi controller carries its disks',
    uses: ['device:controller:scsi/virtio-scsi', 'device:disk/scsi'],
    domain: domainXml({
      devices:
        "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='2'/></controller>" +
        [0, 1, 2].map(scsiDisk).join(''),
    }),
    expect: {
      plan(planned) {
        strictEqual(deviceOption(planned, 'scsi0').properties['num_queues'], 2)
        strictEqual(planned.stored.devices.disk?.length, 3)
      },
      guest(report) {
        const disks = report.scsi.filter(({ type }) => type === 0)
        strictEqual(disks.length, 3)
        strictEqual(new Set(disks.map(({ pci }) => pci)).size, 1)
      },
    },
  },
  {
    id: 'controller/usb-ports',
    title: 'a USB 3 controller has the ports it is given',
    uses: ['device:controller:usb/qemu-xhci'],
    domain: domainXml({
      devices: "<controller type='usb' index='0' model='qemu-xhci' ports='4'/>",
    }),
    expect: {
      plan(planned) {
        const { properties } = deviceOption(planned, 'usb')
        strictEqual(properties['driver'], 'qemu-xhci')
        strictEqual(properties['p2'], 4)
        strictEqual(properties['p3'], 4)
      },
      guest: (report) => ok(report.usb.some(({ name }) => name === 'usb1')),
    },
  },
  {
    id: 'controller/usb-none',
    title: 'a guest may do without USB',
    uses: ['device:controller:usb/none'],
    domain: domainXml({ devices: "<controller type='usb' model='none'/>" }),
    expect: { guest: (report) => strictEqual(report.usb.length, 0) },
  },
]

/** A slot of the root bus that no board had better keep for itself; the next one where this board does. */
function freeSlot({ profile }: Target): number {
  const taken = new Set((profile.pci?.occupied ?? []).map(({ slot }) => slot))
  const slots = Array.from({ length: 31 }, (_, i) => ((i + 10) % 31) + 1)
  return slots.find((slot) => !taken.has(slot)) ?? 11
}

/** On a board's own free slot, so that its document differs with it. */
export function keptAddress(target: Target): Scenario {
  const free = freeSlot(target)
  const hex = free.toString(16).padStart(2, '0')
  return {
    id: 'controller/address-kept',
    title: 'an address that the document gives is the one the device has',
    uses: ['device:rng/virtio', 'device:controller:pci'],
    missingAt: 'devices/rng',
    domain: domainXml({
      devices:
        "<rng model='virtio'><backend model='builtin'/>" +
        `<address type='pci' domain='0x0000' bus='0x00' slot='0x${hex}' function='0x0'/></rng>` +
        "<interface type='user'><model type='virtio'/></interface>",
    }),
    expect: {
      plan({ stored }) {
        const address = stored.devices.rng?.[0]?.address
        ok(address?.type === 'pci', 'the address is of another kind')
        const { domain, bus, slot, function: fn } = address
        deepStrictEqual([domain, bus, slot, fn], [0, 0, free, 0])
      },
      async live(machine) {
        strictEqual(await machine.property('rng0', 'addr'), free * 8)
      },
      guest(report) {
        const found = report.virtio.find(({ device }) => device === 4)
        ok(found?.pci !== undefined, 'the device is on another bus')
        // A platform that gives PCI functions ids of its own shows those instead.
        if (target.profile.pci?.idDevice === undefined) strictEqual(found.pci, `0000:00:${hex}.0`)
      },
    },
  }
}
