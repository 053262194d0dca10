import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

export const characterScenarios: readonly Scenario[] = [
  {
    id: 'serial/default',
    title: 'a serial port of no kind is the machine’s own, and its console too',
    uses: ['device:serial', 'device:console/serial'],
    domain: domainXml({ devices: "<serial type='pty'/>" }),
    expect: {
      plan({ stored }) {
        ok(stored.devices.serial?.[0]?.targetType !== undefined)
        strictEqual(stored.devices.console?.[0]?.targetType, 'serial')
      },
      async live(machine) {
        // A port of the board's own is no -device, and shows as what it is connected to.
        const connected = (await machine.ask('query-chardev')) as readonly { label: string }[]
        const names = [...machine.peripherals.keys(), ...connected.map(({ label }) => label)]
        ok(names.includes('serial0') || names.includes('charserial0'), names.join(', '))
      },
    },
  },
  {
    id: 'serial/from-console',
    title: 'a console alone is a serial port',
    uses: ['device:serial', 'device:console/serial'],
    domain: domainXml({ devices: "<console type='pty'/>" }),
    expect: {
      plan({ stored }) {
        strictEqual(stored.devices.serial?.length, 1)
        strictEqual(stored.devices.console?.length, 1)
      },
    },
  },
  {
    id: 'serial/two',
    title: 'two serial ports are two',
    uses: ['device:serial'],
    // A board with one serial port of its own may have no other.
    mayRefuse: 'devices/serial',
    domain: domainXml({ devices: "<serial type='pty'/><serial type='null'/>" }),
    expect: {
      plan(planned) {
        const ports = (planned.stored.devices.serial ?? []).map(({ port }) => port)
        deepStrictEqual(ports, [0, 1])
      },
      guest: (report) => ok(report.serial.length >= 1),
    },
  },
  {
    id: 'console/virtio',
    title: 'a second console is a virtio one',
    uses: ['device:serial', 'device:console/virtio', 'device:controller:virtio-serial'],
    domain: domainXml({
      devices:
        "<serial type='pty'/><console type='pty'/>" +
        "<console type='pty'><target type='virtio'/></console>",
    }),
    expect: {
      live: (machine) => ok([...machine.peripherals.values()].includes('virtconsole')),
    },
  },
  {
    id: 'channel/guest-agent',
    title: 'a channel is a port of that name in the guest',
    uses: ['device:channel/virtio', 'device:controller:virtio-serial'],
    domain: domainXml({
      devices:
        "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>" +
        "<channel type='null'><target type='virtio' name='org.polyvirt.test'/></channel>",
    }),
    expect: {
      plan(planned) {
        const ports = optionsNamed(planned, '-device').filter(
          ({ properties }) => properties['driver'] === 'virtserialport',
        )
        deepStrictEqual(
          ports.map(({ properties }) => properties['nr']),
          [1, 2],
        )
      },
      guest(report) {
        deepStrictEqual(
          report.virtioPorts.map(({ name }) => name),
          ['org.qemu.guest_agent.0', 'org.polyvirt.test'],
        )
      },
    },
  },
  {
    id: 'channel/same-name',
    title: 'two channels of one name are refused',
    uses: ['device:channel/virtio'],
    domain: domainXml({
      devices: "<channel type='null'><target type='virtio' name='a'/></channel>".repeat(2),
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/channel' },
  },
]
