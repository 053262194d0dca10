import { describe, expect, it } from 'vitest'
import { formatDomain } from '@polyvirt/core'
import { plan } from './plan-parts.ts'

const pci = "<address domain='0' bus='6' slot='2' function='0'/>"
const hostPci = (source: string, more = ''): string =>
  `<hostdev mode='subsystem' type='pci'><source ${source}>${pci}</source>${more}</hostdev>`
const usb = (attributes: string, more = ''): string =>
  `<hostdev mode='subsystem' type='usb' ${attributes}><source><vendor id='0x1234'/><product id='0xbeef'/></source>${more}</hostdev>`

const pathsOf = (devices: string): readonly (string | undefined)[] => {
  const outcome = plan({ devices })
  return outcome.kind === 'refused' ? outcome.error.problems.map(({ path }) => path) : []
}

const storedOf = (devices: string): string => {
  const outcome = plan({ devices })
  if (outcome.kind === 'refused') throw outcome.error
  return formatDomain(outcome.planned.stored)
}

describe('words that a device of the host does not know are left out, as libvirt leaves them out', () => {
  it.each([
    ['a picture', usb("ramfb='on' display='on'"), 'ramfb'],
    ['a driver', usb('', "<driver name='vfio'/>"), 'vfio'],
    ['that others share it', hostPci('', '<readonly/><shareable/>'), '<shareable'],
    ['a reset', hostPci("guestReset='off'"), 'guestReset'],
  ])('%s', (_, devices, word) => {
    expect(storedOf(devices)).not.toContain(word)
  })
})

describe('a unit of the host', () => {
  it('has its controller before those of the board', () => {
    const xml = storedOf(
      "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/></source></hostdev>",
    )
    expect(xml.match(/<controller type='(\w+)'/)?.[1]).toBe('scsi')
  })
})

describe('no command line is built of', () => {
  it.each([
    ['a display on a bus that nobody makes', "<graphics type='dbus'/>", 'graphics[1]'],
    ['a device of another driver', hostPci('', "<driver name='kvm'/>"), 'hostdev[1]/driver/@name'],
    [
      'a port that the board does not have',
      "<serial type='pty'><target port='5'/></serial>",
      'serial[1]/target/@port',
    ],
  ])('%s', (_, devices, path) => {
    expect(pathsOf(devices)).toEqual([`devices/${path}`])
  })
})

describe('an IOMMU', () => {
  it.each([
    ["intremap='on'", 'intremap'],
    ["eim='on'", 'eim'],
  ])('that remaps with an APIC of the kernel is refused: %s', (words, key) => {
    const devices = `<iommu model='intel'><driver ${words}/></iommu>`
    expect(pathsOf(devices)).toEqual([`devices/iommu[1]/driver/@${key}`])
  })
})

describe('what the board has is where the board has it', () => {
  const away = "<address type='pci' domain='0' bus='0' slot='5' function='0'/>"
  it.each([
    ['pc', `<controller type='usb' index='0' model='piix3-uhci'>${away}</controller>`],
    ['pc', `<controller type='ide' index='0'>${away}</controller>`],
    ['q35', `<controller type='sata' index='0'>${away}</controller>`],
  ] as const)('on %s: %s', (board, devices) => {
    const outcome = plan({ board, devices })
    const paths = outcome.kind === 'refused' ? outcome.error.problems.map(({ path }) => path) : []
    expect(paths).toEqual(['devices/controller[1]/address'])
  })

  it('and once', () => {
    const devices = "<controller type='ide' index='0'/><controller type='ide' index='1'/>"
    expect(plan({ board: 'pc', devices }).kind).toBe('refused')
  })
})

describe('controllers of USB 2 that stand together', () => {
  it('share an index, whichever comes first', () => {
    const outcome = plan({
      board: 'pc',
      devices:
        "<controller type='usb' model='ich9-uhci1'><master startport='0'/></controller><controller type='usb' model='ich9-ehci1'/><input type='tablet' bus='usb'/><input type='mouse' bus='usb'/><input type='keyboard' bus='usb'/>",
    })
    if (outcome.kind === 'refused') throw outcome.error
    const { controller = [] } = outcome.planned.stored.devices
    expect(controller.filter(({ type }) => type === 'usb').map(({ index }) => index)).toEqual([
      0, 0,
    ])
  })
})

describe('the memory of a video card', () => {
  it.each([
    ["type='virtio' vram='100'", "vram='128'"],
    ["type='vga' vram='3000'", "vram='4096'"],
    ["type='virtio' vram='0'", "type='virtio' heads"],
  ])('is a power of two: %s', (written, stored) => {
    expect(storedOf(`<graphics type='vnc'/><video><model ${written}/></video>`)).toContain(stored)
  })

  it('is a MiB at least where QEMU counts it so', () => {
    expect(pathsOf("<graphics type='vnc'/><video><model type='vga' vram='128'/></video>")).toEqual([
      'devices/video[1]/model/@vram',
    ])
  })
})
