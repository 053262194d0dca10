import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { claims } from '../claims.ts'
import { deviceOption, optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

export const displayScenarios: readonly Scenario[] = [
  {
    id: 'graphics/none',
    title: 'a guest without a display has none, and no video card by itself',
    uses: [],
    domain: domainXml(),
    expect: {
      plan(planned) {
        strictEqual(optionsNamed(planned, '-display')[0]?.value, 'none')
        strictEqual(planned.stored.devices.video, undefined)
      },
    },
  },
  {
    id: 'graphics/vnc',
    title: 'a VNC display brings a video card, the machine’s inputs, and listens at home only',
    uses: ['device:graphics/vnc', 'device:video'],
    domain: domainXml({ devices: "<graphics type='vnc' port='5907' autoport='no'/>" }),
    live: false,
    expect: {
      plan(planned) {
        const { stored } = planned
        ok(optionsNamed(planned, '-vnc')[0]?.value?.startsWith('127.0.0.1:7'))
        strictEqual(stored.devices.video?.length, 1)
        const kinds = (stored.devices.input ?? []).map(({ type }) => type).toSorted()
        const brought = planned.target.profile.implicit.flatMap(({ kind, when, device }) =>
          kind === 'input' && when === 'graphics' ? [device.type] : [],
        )
        // Boards with PS/2 ports have something plugged into both.
        const ps2 = (['keyboard', 'mouse'] as const).filter((type) =>
          claims(planned.target, `device:input/ps2:${type}`),
        )
        const wanted: readonly string[] = [...ps2, ...brought]
        deepStrictEqual(kinds, wanted.toSorted())
      },
    },
  },
  {
    id: 'graphics/vnc-socket',
    title: 'a VNC display may listen on a unix socket',
    uses: ['device:graphics/vnc'],
    domain: domainXml({
      devices: "<graphics type='vnc'><listen type='socket' socket='/run/vnc.sock'/></graphics>",
    }),
    live: false,
    expect: {
      plan: (planned) =>
        ok(optionsNamed(planned, '-vnc')[0]?.value?.includes('unix:/run/vnc.sock')),
    },
  },
  {
    id: 'video/virtio',
    title: 'a virtio video card is what the guest finds',
    uses: ['device:video/virtio'],
    domain: domainXml({ devices: "<video><model type='virtio'/></video>" }),
    expect: {
      guest(report) {
        const displayClass = 0x03
        const found = report.pci.filter((one) => one.class >> 16 === displayClass)
        strictEqual(found.length, 1)
        strictEqual(found[0]?.vendor, 0x1af4)
      },
    },
  },
  {
    id: 'video/none',
    title: 'a guest may have a display’s devices refused: no video card at all',
    uses: ['device:video/none', 'device:graphics/vnc'],
    domain: domainXml({
      devices:
        "<graphics type='vnc' port='5908' autoport='no'/><video><model type='none'/></video>",
    }),
    live: false,
    expect: {
      plan: ({ stored }) => strictEqual(stored.devices.video?.[0]?.model, 'none'),
    },
  },
  {
    id: 'input/usb-tablet',
    title: 'a USB tablet is plugged into a USB port',
    uses: ['device:input/usb:tablet', 'device:controller:usb'],
    domain: domainXml({ devices: "<input type='tablet' bus='usb'/>" }),
    expect: {
      plan(planned) {
        const { properties } = deviceOption(planned, 'input0')
        strictEqual(properties['driver'], 'usb-tablet')
        ok(properties['port'] !== undefined)
      },
      guest: (report) =>
        ok(report.usb.some(({ productName }) => productName === 'QEMU USB Tablet')),
    },
  },
  {
    id: 'input/virtio-keyboard',
    title: 'a virtio keyboard is what the guest finds',
    uses: ['device:input/virtio:keyboard'],
    domain: domainXml({ devices: "<input type='keyboard' bus='virtio'/>" }),
    expect: {
      guest: (report) => ok(report.input.some(({ name }) => name === 'QEMU Virtio Keyboard')),
    },
  },
]
