import { describe, expect, test } from 'vitest'
import { checkNeeds } from '../../src/hypervisor/start-needs.ts'
import { DomainError } from '../../src/errors.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'

/** What, the document's part, where it is said, and a part of what is said. */
const rows: readonly (readonly [string, string, string, string])[] = [
  [
    'the VLAN of a macvtap card',
    `<devices><interface type='direct'><source dev='eth0'/><vlan><tag id='42'/></vlan></interface></devices>`,
    'devices/interface[1]/vlan',
    'name a VLAN device of the host as its source',
  ],
  [
    'the port of a macvtap card',
    `<devices><interface type='direct'><source dev='eth0'/><virtualport type='802.1Qbh'><parameters profileid='x'/></virtualport></interface></devices>`,
    'devices/interface[1]/virtualport',
    'not told of <virtualport>',
  ],
  [
    '3D on a display that draws without GL',
    `<devices><graphics type='spice'><gl enable='no'/></graphics><video><model type='virtio'><acceleration accel3d='yes'/></model></video></devices>`,
    'devices/video[1]/model/acceleration/@accel3d',
    "<graphics type='egl-headless'/>",
  ],
  [
    'an interface script',
    `<devices><interface type='ethernet'><script path='/up'/></interface></devices>`,
    'devices/interface[1]/script',
    'not run',
  ],
  [
    'TLS for disks that are not behind nbd',
    `<devices><disk type='network'><source protocol='rbd' name='p/i' tls='yes'><host name='a'/></source><target dev='vda'/></disk></devices>`,
    'devices/disk[1]/source/@tls',
    'behind nbd',
  ],
  [
    'a group of descriptors',
    `<devices><disk type='file'><source file='/x' fdgroup='g'/><target dev='vda'/></disk></devices>`,
    'devices/disk[1]/source/@fdgroup',
    'opened by their paths',
  ],
  [
    'a reservation helper',
    `<devices><disk type='block' device='lun'><source dev='/x'><reservations managed='yes'/></source><target dev='sda' bus='scsi'/></disk></devices>`,
    'devices/disk[1]/source/reservations/@managed',
    "managed='no'",
  ],
  [
    'a PCI device that is not there',
    `<devices><hostdev mode='subsystem' type='pci'><source><address domain='0xffff' bus='0xff' slot='0x1f' function='7'/></source></hostdev></devices>`,
    'devices/hostdev[1]/source/address',
    'no PCI device ffff:ff:1f.7',
  ],
  [
    'a SCSI unit of the host',
    `<devices><hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/></source></hostdev></devices>`,
    'devices/hostdev[1]',
    "device='lun'",
  ],
  [
    'the host’s TPM',
    `<devices><tpm model='tpm-tis'><backend type='passthrough'/></tpm></devices>`,
    'devices/tpm[1]/backend/@type',
    "'emulator'",
  ],
  [
    'a lease',
    `<devices><lease><key>k</key><target path='/x'/></lease></devices>`,
    'devices/lease[1]',
    'lock manager',
  ],
  [
    'a label that QEMU must have',
    `<seclabel type='static' model='selinux'><label>x</label></seclabel>`,
    'seclabel[1]/@type',
    "type='none'",
  ],
  ['an encrypted guest', `<launchSecurity type='sev'/>`, 'launchSecurity', 'not started yet'],
]

const xml = (part: string): string =>
  `<domain type='qemu'><name>x</name><os><type>hvm</type></os>${part}</domain>`

describe('a start says by name what it cannot give', () => {
  test.each(rows)('%s', (_what, part, path, says) => {
    const { domain } = parseDomain(xml(part))
    const thrown = (() => {
      try {
        return checkNeeds(domain)
      } catch (error) {
        return error
      }
    })()
    if (!(thrown instanceof DomainError)) throw new Error('nothing was said')
    expect(thrown.problems.map((problem) => problem.path)).toEqual([path])
    expect(thrown.problems[0].message).toContain(says)
  })

  test.each([
    `<interface type='user'/><disk type='file'><source file='/x'/><target dev='vda'/></disk>`,
    `<graphics type='egl-headless'/><video><model type='virtio'><acceleration accel3d='yes'/></model></video>`,
    `<graphics type='sdl'><gl enable='yes'/></graphics><video><model type='virtio'><acceleration accel3d='yes'/></model></video>`,
  ])('and lets everything else start: %s', (devices) => {
    const { domain } = parseDomain(xml(`<devices>${devices}</devices>`))
    expect(() => checkNeeds(domain)).not.toThrow()
  })
})
