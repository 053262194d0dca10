import { describe, expect, it } from 'vitest'
import { formatDomain } from '../../src/xml/parse-domain.ts'
import { refusalOf } from '../support/hostile.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

const stored = (devices: string): string => formatDomain(planToy(toyXml({ devices })).domain)

const refused = (devices: string, more = ''): readonly string[] =>
  refusalOf(() => planToy(toyXml({ devices, more }))).problems.map(({ path = '' }) => path)

const refusedAtStart = (devices: string): readonly string[] => {
  const planned = planToy(toyXml({ devices }))
  return refusalOf(() => planned.argv()).problems.map(({ path = '' }) => path)
}

const pci = "<address domain='0' bus='6' slot='2' function='0'/>"
const hostPci = (attributes: string, source = '', more = ''): string =>
  `<hostdev mode='subsystem' type='pci' ${attributes}><source ${source}>${pci}</source>${more}</hostdev>`
const channel = (type: string, source: string, name = "name='a'"): string =>
  `<channel type='${type}'>${source}<target type='virtio' ${name}/></channel>`

describe('words that a device does not know are left out, as libvirt leaves them out', () => {
  it.each([
    [
      'of a display that listens nowhere',
      "<graphics type='vnc' listen='127.0.0.1'><listen type='none'/></graphics>",
      '127.0.0.1',
    ],
    ['of a display whose address is empty', "<graphics type='vnc' listen=''/>", "listen=''"],
    [
      'of randomness',
      "<rng model='virtio'><rate period='5'/><backend model='random' type='udp'>/dev/urandom<source mode='bind' host='a' service='1'/></backend></rng>",
      'source mode',
    ],
    [
      'of a rate without bytes',
      "<rng model='virtio'><rate bytes='0' period='5'/><backend model='random'/></rng>",
      '<rate',
    ],
    ['of no statistics', "<memballoon model='virtio'><stats period='0'/></memballoon>", '<stats'],
    ['of a clipboard', channel('qemu-vdagent', "<source mode='bind' path='/x'/>"), '<source'],
    ['of a device', channel('dev', "<source mode='bind' path='/dev/ttyS0'/>"), "mode='bind'"],
  ])('%s', (_, devices, word) => {
    expect(stored(devices)).not.toContain(word)
  })
})

describe('a device is refused', () => {
  it.each([
    ['that is asked raw commands', hostPci("rawio='yes'"), 'hostdev[1]/@rawio'],
    [
      'that may be missing',
      hostPci('', "startupPolicy='optional'"),
      'hostdev[1]/source/@startupPolicy',
    ],
    [
      'that is written to at will',
      hostPci('', "writeFiltering='no'"),
      'hostdev[1]/source/@writeFiltering',
    ],
    [
      'in two places',
      channel('unix', "<source path='/a'/><source path='/b'/>"),
      'channel[1]/source',
    ],
    [
      'that calls nobody',
      channel('udp', "<source mode='bind' service='1'/>"),
      'channel[1]/source/@service',
    ],
    [
      'whose daemon is nowhere',
      "<rng model='virtio'><backend model='egd'/></rng>",
      'rng[1]/backend/@type',
    ],
    [
      'that keeps modes of whose files',
      "<filesystem type='mount' fmode='0644'><source dir='/a'/><target dir='b'/></filesystem>",
      'filesystem[1]/@fmode',
    ],
    [
      'with a mode that is none',
      "<filesystem type='mount' accessmode='mapped' dmode='9'><source dir='/a'/><target dir='b'/></filesystem>",
      'filesystem[1]/@dmode',
    ],
    [
      'that has an older form on another bus',
      "<input type='tablet' bus='usb' model='virtio'/>",
      'input[1]/@model',
    ],
    ['that is there twice', "<panic model='toy'/><panic model='toy'/>", 'panic[2]'],
    [
      'whose card nobody reads',
      "<smartcard mode='passthrough' type='spicevmc'/>",
      'smartcard[1]/@type',
    ],
    [
      'that listens at nobody knows what',
      "<graphics type='vnc'><listen address='127.0.0.1'/></graphics>",
      'graphics[1]/listen[1]',
    ],
    [
      'whose listeners disagree',
      "<graphics type='vnc' listen='127.0.0.1'><listen type='address' address='127.0.0.2'/></graphics>",
      'graphics[1]/@listen',
    ],
    [
      'on a bus from peer to peer',
      "<graphics type='dbus' p2p='yes' address='unix:path=/b'/>",
      'graphics[1]/@address',
    ],
    [
      'with GL that is neither on nor off',
      "<graphics type='sdl'><gl/></graphics>",
      'graphics[1]/gl/@enable',
    ],
    [
      'with images that are compressed somehow',
      "<graphics type='spice'><image/></graphics>",
      'graphics[1]/image/@compression',
    ],
    [
      'until a day that is none',
      "<graphics type='vnc' passwd='a' passwdValidTo='tomorrow'/>",
      'graphics[1]/@passwdValidTo',
    ],
  ])('%s', (_, devices, path) => {
    expect(refused(devices)).toContain(`devices/${path}`)
  })

  it('on a thread that is not there', () => {
    const scsi = "<controller type='scsi' model='virtio-scsi'><driver iothread='4'/></controller>"
    expect(refused(scsi, '<iothreads>2</iothreads>')).toEqual([
      'devices/controller[1]/driver/@iothread',
    ])
  })
})

describe('a definition is kept that cannot be started', () => {
  it.each([
    [
      'a display in two places',
      "<graphics type='vnc'><listen type='socket' socket='/a'/><listen type='address'/></graphics>",
      'graphics[1]/listen[2]',
    ],
    [
      'a channel that SPICE does not know',
      `<graphics type='spice'/>${channel('spicevmc', '')}`,
      'channel[1]/target/@name',
    ],
  ])('%s', (_, devices, path) => {
    expect(refusedAtStart(devices)).toEqual([`devices/${path}`])
  })
})

describe('a channel without a name', () => {
  it('has a socket of its place', () => {
    const argv = planToy(
      toyXml({ devices: "<channel type='unix'><target type='virtio'/></channel>" }),
    ).argv()
    expect(argv.join(' ')).toContain('/run/t/channel/target/domain-1-x/vioser-00-00-01.sock')
  })
})
