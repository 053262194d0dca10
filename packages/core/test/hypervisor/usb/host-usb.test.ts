import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deviceNodes, openedFiles } from '../../../src/hypervisor/confinement/host-nodes.ts'
import { onHostUsb } from '../../../src/hypervisor/usb/host-usb.ts'
import { sysfsUnder } from '../../../src/run/sysfs.ts'
import type { Sysfs } from '../../../src/run/sysfs.ts'
import { parseDomain } from '../../../src/xml/parse-domain.ts'
import { toyXml } from '../../support/plan-toy.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A host with these devices on its USB. */
function hostWith(devices: Readonly<Record<string, readonly [string, string, string]>>): Sysfs {
  const root = tempDir()
  for (const [name, [vendor, product, device]] of Object.entries(devices)) {
    const folder = join(root, 'sys/bus/usb/devices', name)
    mkdirSync(folder, { recursive: true })
    const [bus = '', port = '0'] = name.split('-')
    const files = {
      busnum: bus,
      devnum: device,
      devpath: port,
      idVendor: vendor,
      idProduct: product,
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), `${text}\n`)
  }
  mkdirSync(join(root, 'sys/bus/usb/devices/1-1:1.0'), { recursive: true })
  return sysfsUnder(root)
}

const sticks = {
  '1-1': ['046d', 'c52b', '4'],
  '1-1.4': ['0bda', '8153', '7'],
  '2-2': ['0bda', '8153', '11'],
} as const

const parse = (...sources: readonly string[]): ReturnType<typeof parseDomain>['domain'] =>
  parseDomain(
    toyXml({
      devices: sources
        .map((one) => `<hostdev mode='subsystem' type='usb'>${one}</hostdev>`)
        .join(''),
    }),
  ).domain

const ids = (vendor: string, product: string, more = ''): string =>
  `<source${more}><vendor id='0x${vendor}'/><product id='0x${product}'/></source>`

describe('USB devices of the host', () => {
  it('are found by what the document says of them', () => {
    const asked = parse(
      ids('046d', 'c52b'),
      `<source><address bus='2' device='11'/></source>`,
      `<source><address bus='1' port='1.4'/></source>`,
    )
    const { devices } = onHostUsb(asked, { sysfs: hostWith(sticks) })
    expect(devices.hostdev?.map(({ hostAddress }) => hostAddress)).toMatchObject([
      { bus: 1, device: 4 },
      { bus: 2, device: 11 },
      { bus: 1, device: 7 },
    ])
    expect(deviceNodes({ devices })).toEqual([
      '/dev/bus/usb/001/004',
      '/dev/bus/usb/002/011',
      '/dev/bus/usb/001/007',
    ])
  })

  it('that are not there, or more than once, are named with what is there', () => {
    const problemsOf = (work: () => unknown): unknown => {
      try {
        return work()
      } catch (error) {
        return (error as { readonly problems: unknown }).problems
      }
    }
    const asked = parse(
      ids('1234', '5678'),
      ids('0bda', '8153'),
      `<source><address bus='3' device='1'/></source>`,
    )
    expect(problemsOf(() => onHostUsb(asked, { sysfs: hostWith(sticks) }))).toMatchObject([
      {
        path: 'devices/hostdev[1]/source',
        message:
          'the host has no USB device 1234:5678; it has: 046d:c52b (bus 1, device 4), 0bda:8153 (bus 1, device 7), 0bda:8153 (bus 2, device 11)',
      },
      {
        path: 'devices/hostdev[2]/source',
        message:
          "the host has 2 USB devices 0bda:8153: name one by its place, <address bus='1' device='7'/> or <address bus='2' device='11'/>",
      },
      {
        path: 'devices/hostdev[3]/source',
        message: expect.stringMatching(/^the host has no USB device at bus 3, device 1; /),
      },
    ])
  })

  it('that may be missing are left out where they are', () => {
    const count = (policy: string, boots: boolean): number => {
      const asked = parse(ids('1234', '5678', ` startupPolicy='${policy}'`))
      return onHostUsb(asked, { sysfs: hostWith(sticks), boots }).devices.hostdev?.length ?? 0
    }
    expect(count('optional', true)).toBe(0)
    expect(count('requisite', false)).toBe(0)
    expect(() => count('requisite', true)).toThrow('no USB device 1234:5678')
    expect(() => count('mandatory', false)).toThrow('no USB device 1234:5678')
  })
})

describe('what QEMU opens beside images', () => {
  it('is every file and node that the document names, and those behind devices', () => {
    const { domain } = parseDomain(
      toyXml({
        os: `<os><type arch='toy64' machine='toy'>hvm</type><kernel>/k</kernel></os>`,
        devices: `<serial type='dev'><source path='/dev/ttyS0'/></serial>
          <input type='evdev'><source dev='/dev/input/event3'/></input>
          <rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>
          <vsock model='virtio'><cid auto='yes'/></vsock>
          <memory model='nvdimm'><source><path>/pmem</path></source><target><size unit='MiB'>128</size></target></memory>`,
      }),
    )
    expect(openedFiles(domain)).toEqual([
      { path: '/k', writes: false },
      ...['/dev/ttyS0', '/dev/input/event3', '/dev/hwrng', '/pmem', '/dev/vhost-vsock'].map(
        (path) => ({ path, writes: true }),
      ),
    ])
  })
})
