import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { deviceOption, optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

const mac = '52:54:00:ab:cd:ef'
const card = (inner: string, attributes = "type='user'"): string =>
  `<interface ${attributes}>${inner}</interface>`

export const interfaceScenarios: readonly Scenario[] = [
  {
    id: 'interface/default-model',
    title: 'a card that names no model gets the machine’s own, and the guest finds its address',
    uses: ['device:interface'],
    domain: domainXml({ devices: card(`<mac address='${mac.toUpperCase()}'/>`) }),
    expect: {
      plan(planned) {
        ok(planned.stored.devices.interface?.[0]?.model !== undefined)
        strictEqual(deviceOption(planned, 'net0').properties['mac'], mac)
        strictEqual(optionsNamed(planned, '-netdev')[0]?.properties['type'], 'user')
      },
      live: (machine) => ok(machine.peripherals.has('net0')),
    },
  },
  {
    id: 'interface/virtio',
    title: 'a virtio card is driven by virtio_net',
    uses: ['device:interface/virtio'],
    domain: domainXml({ devices: card(`<mac address='${mac}'/><model type='virtio'/>`) }),
    expect: {
      guest(report) {
        deepStrictEqual(
          report.net.map((one) => [one.mac, one.driver]),
          [[mac, 'virtio_net']],
        )
      },
    },
  },
  {
    id: 'interface/two',
    title: 'two cards keep their order',
    uses: ['device:interface/virtio'],
    domain: domainXml({
      devices:
        card("<mac address='52:54:00:00:00:0a'/><model type='virtio'/>") +
        card("<mac address='52:54:00:00:00:0b'/><model type='virtio'/>"),
    }),
    expect: {
      plan(planned) {
        strictEqual(deviceOption(planned, 'net0').properties['mac'], '52:54:00:00:00:0a')
        strictEqual(deviceOption(planned, 'net1').properties['mac'], '52:54:00:00:00:0b')
      },
      guest(report) {
        deepStrictEqual(report.net.map((one) => one.mac).toSorted(), [
          '52:54:00:00:00:0a',
          '52:54:00:00:00:0b',
        ])
      },
    },
  },
  {
    id: 'interface/multicast-mac',
    title: 'a multicast address is no card’s address',
    uses: ['device:interface'],
    domain: domainXml({ devices: card("<mac address='53:54:00:00:00:01'/>") }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/interface' },
  },
  {
    id: 'interface/network',
    title: 'a card on a libvirt network keeps its definition',
    uses: ['device:interface'],
    domain: domainXml({ devices: card("<source network='default'/>", "type='network'") }),
    // Whose tap it is, a start decides.
    live: false,
    expect: {
      plan(planned) {
        strictEqual(planned.stored.devices.interface?.[0]?.network, 'default')
      },
    },
  },
]
