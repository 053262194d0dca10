import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { s390x } from '../src/index.ts'
import { plan, recorded } from './contexts.ts'

const disk = (bus: string, target: string, more = '', inner = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/>${inner}</disk>`
const card = (inner = '', model = 'virtio'): string =>
  `<interface type='user'><mac address='52:54:00:00:00:77'/><model type='${model}'/>${inner}</interface>`
const mdev = (model: string, last: number): string =>
  `<hostdev mode='subsystem' type='mdev' model='${model}'><source><address uuid='90c6c135-ad44-41d0-b1b7-bae47de4862${last}'/></source></hostdev>`
const terminal = (kind: string): string => `<console type='null'><target type='${kind}'/></console>`

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: DomainParts, path: string, message: string]

const rows: readonly Row[] = [
  ['a PC machine', { machine: 'q35' }, 'os/type/@machine', 's390-ccw-virtio'],
  ['a mistyped machine', { machine: 's390-ccw-vitrio' }, 'os/type/@machine', 'did you mean'],
  ['acpi', { features: '<acpi/>' }, 'features/acpi', 'not offered on s390x'],
  ['smm', { features: "<smm state='on'/>" }, 'features/smm', 'not offered'],
  ['vmport', { features: "<vmport state='off'/>" }, 'features/vmport', 'not offered'],
  [
    'a dirty ring',
    { features: "<kvm><dirty-ring state='on' size='4096'/></kvm>" },
    'features/',
    'not',
  ],
  ['an IDE disk', { devices: disk('ide', 'hda') }, 'devices/disk[1]/target/@bus', 'virtio, scsi'],
  ['a SATA disk', { devices: disk('sata', 'sda') }, 'devices/disk[1]/target/@bus', 'virtio, scsi'],
  [
    'a floppy',
    { devices: disk('fdc', 'fda', "device='floppy'") },
    'devices/disk[1]/target/@bus',
    'virtio, scsi',
  ],
  [
    'a card of a PC',
    { devices: card('', 'rtl8139') },
    'devices/interface[1]/model/@type',
    'virtio',
  ],
  ['sound', { devices: "<sound model='ich6'/>" }, 'devices/sound[1]/@model', 'not offered'],
  ['an ISA port', { devices: "<parallel type='null'/>" }, 'devices/parallel[1]', 'not offered'],
  [
    'a screen on a channel that draws in 3D',
    {
      devices:
        "<graphics type='vnc'/><video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
    },
    'devices/video[1]/model/acceleration/@accel3d',
    "<address type='pci'/>",
  ],
  [
    'a PC’s watchdog',
    { devices: "<watchdog model='i6300esb'/>" },
    'devices/watchdog[1]/@model',
    'offered: diag288',
  ],
  ['a PC’s panic', { devices: "<panic model='isa'/>" }, 'devices/panic[1]/@model', 'offered: s390'],
  [
    'a panic with an address',
    { devices: "<panic model='s390'><address type='isa' iobase='0x505'/></panic>" },
    'devices/panic[1]/address',
    'takes no address',
  ],
  [
    'a USB mouse',
    { devices: "<input type='mouse' bus='usb'/>" },
    'devices/input[1]/@bus',
    'virtio',
  ],
  [
    'a PS/2 mouse',
    { devices: "<input type='mouse' bus='ps2'/>" },
    'devices/input[1]/@bus',
    'virtio',
  ],
  [
    'VGA',
    { devices: "<video><model type='vga'/></video>" },
    'devices/video[1]/model/@type',
    'virtio',
  ],
  ['an IOMMU', { devices: "<iommu model='virtio'/>" }, 'devices/iommu[1]/@model', 'not offered'],
  [
    'a TPM',
    { devices: "<tpm model='tpm-tis'><backend type='emulator'/></tpm>" },
    'devices/tpm[1]/@model',
    'not offered',
  ],
  [
    'a root of PCI Express',
    { devices: "<controller type='pci' index='0' model='pcie-root'/>" },
    'devices/controller[1]',
    'pci-root',
  ],
  [
    'two full-screen consoles',
    { devices: terminal('sclp') + terminal('sclp') },
    'devices/console[2]',
    'use the other kind',
  ],
  [
    'a console beside a serial port of its kind',
    { devices: "<serial type='null'/><console type='null'/>" + terminal('sclp') },
    'devices/console[2]',
    'which is devices/serial[1]',
  ],
  [
    'two serial ports',
    { devices: "<serial type='null'/><serial type='null'/>" },
    'devices/serial[2]',
    'the machine has one',
  ],
  [
    'two matrices of crypto adapters',
    { devices: mdev('vfio-ap', 1) + mdev('vfio-ap', 2) },
    'devices/hostdev[2]',
    'one matrix',
  ],
  [
    'a ROM of a channel device',
    { devices: card("<rom bar='off'/>") },
    'devices/interface[1]/rom',
    'for PCI functions',
  ],
  [
    'address translation services of a channel device',
    { devices: disk('virtio', 'vda', '', "<driver name='qemu' type='raw' ats='on'/>") },
    'devices/disk[1]/driver/@ats',
    'for PCI functions',
  ],
  [
    'interrupt vectors of a channel device',
    { devices: "<controller type='virtio-serial' index='0' vectors='4'/>" },
    'devices/controller[',
    'for PCI functions',
  ],
  [
    'a channel subsystem of real devices',
    {
      devices: disk(
        'virtio',
        'vda',
        '',
        "<address type='ccw' cssid='0x1' ssid='0x0' devno='0x0'/>",
      ),
    },
    'devices/disk[1]/address/@cssid',
    '0xfe',
  ],
  [
    'threads',
    { vcpu: '<vcpu>2</vcpu>', cpu: "<cpu><topology sockets='1' cores='1' threads='2'/></cpu>" },
    'cpu/topology/@threads',
    "threads='1'",
  ],
  [
    'dies',
    {
      vcpu: '<vcpu>2</vcpu>',
      cpu: "<cpu><topology sockets='1' dies='2' cores='1' threads='1'/></cpu>",
    },
    'cpu/topology/@dies',
    "dies='1'",
  ],
  [
    'NUMA',
    { cpu: "<cpu><numa><cell id='0' cpus='0' memory='524288'/></numa></cpu>" },
    'cpu/numa',
    'one node',
  ],
  [
    'flash',
    { os: "<loader type='pflash' readonly='yes'>/x.fd</loader>" },
    'os/loader/@type',
    "type='rom'",
  ],
  ['a device tree', { os: '<kernel>/k</kernel><dtb>/x.dtb</dtb>' }, 'os/dtb', 'no device tree'],
  [
    'a table of ACPI',
    { os: "<acpi><table type='slic'>/x</table></acpi>" },
    'os/acpi/table',
    'ACPI',
  ],
  ['SMBIOS', { os: "<smbios mode='sysinfo'/>" }, 'os/smbios/@mode', '/proc/sysinfo'],
  [
    'fw_cfg',
    { middle: "<sysinfo type='fwcfg'><entry name='opt/x'>y</entry></sysinfo>" },
    'sysinfo[1]',
    'no fw_cfg',
  ],
  ['a serial BIOS', { os: "<bios useserial='yes'/>" }, 'os/bios/@useserial', 'SCLP'],
  ['a second try', { os: "<bios rebootTimeout='10'/>" }, 'os/bios/@rebootTimeout', 'once'],
  ['a menu of nothing', { os: "<bootmenu enable='yes'/>" }, 'os/bootmenu/@enable', 'none does'],
  [
    'a menu of a PCI disk',
    {
      os: "<bootmenu enable='yes'/>",
      devices: disk(
        'virtio',
        'vda',
        '',
        "<boot order='1'/><address type='pci' domain='0' bus='0' slot='3' function='0'/>",
      ),
    },
    'os/bootmenu/@enable',
    'no boot menu',
  ],
  ['sleep states', { middle: "<pm><suspend-to-mem enabled='no'/></pm>" }, 'pm', 'no sleep states'],
  [
    'a word for the loader that is too long',
    {
      devices: disk('virtio', 'vda', '', "<boot order='1' loadparm='NINECHARS'/>"),
    },
    'devices/disk[1]/boot/@loadparm',
    '8',
  ],
  [
    'a protected guest under TCG',
    { tail: "<launchSecurity type='s390-pv'/>" },
    'launchSecurity/@type',
    'TCG has no Ultravisor',
  ],
  [
    'a way to encrypt of PCs',
    { tail: "<launchSecurity type='sev'/>" },
    'launchSecurity/@type',
    'not',
  ],
  [
    'a timer that a PC has',
    { clock: "<clock offset='utc'><timer name='pit' present='yes'/></clock>" },
    'clock/timer[1]/@present',
    'cannot be present',
  ],
  [
    'KVM’s clock',
    { clock: "<clock offset='utc'><timer name='kvmclock' present='yes'/></clock>" },
    'clock/timer[1]/@present',
    'cannot be present',
  ],
]

describe('a document that cannot work is refused with what can', () => {
  it.each(rows)('%s', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was planned')
    const found = outcome.error.problems.filter((problem) => problem.path?.startsWith(path))
    expect(found.map(({ code }) => code)).not.toEqual([])
    for (const { code } of found) expect(code).toMatch(/^ERR_(?:CONFIG_UNSUPPORTED|XML_ERROR)$/)
    expect(found.map((problem) => problem.message).join('; ')).toContain(message)
  })
})

describe('a document that works is taken', () => {
  it.each([
    ['both kinds of consoles', { devices: terminal('sclp') + terminal('sclplm') }],
    [
      'a line-mode serial port',
      {
        devices:
          "<serial type='null'><target type='sclp-serial'><model name='sclplmconsole'/></target></serial>" +
          "<console type='null'/>" +
          terminal('sclp'),
      },
    ],
    [
      'a menu of a disk',
      {
        os: "<boot dev='hd'/><bootmenu enable='yes' timeout='3000'/>",
        devices: disk('virtio', 'vda'),
      },
    ],
    ['a loader of one’s own', { os: '<loader>/usr/share/qemu/s390-ccw.img</loader>' }],
    ['words about PCs', { features: '<apic/><pae/>' }],
    ['a passed-through channel device', { devices: mdev('vfio-ccw', 1) + mdev('vfio-ap', 2) }],
    ['no USB', { devices: "<controller type='usb'/>" }],
    [
      'clocks of PCs that are only named',
      { clock: "<clock><timer name='kvmclock'/><timer name='tsc'/></clock>" },
    ],
    ['no ticks', { clock: "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>" }],
  ] as readonly (readonly [string, DomainParts])[])('%s', (_what, parts) => {
    const outcome = plan(parts)
    if (outcome.kind === 'refused') throw outcome.error
    expect(outcome.planned.argv[0]).toContain('qemu-system-s390x')
  })
})

describe('the machine', () => {
  const machineOption = (parts: DomainParts): string => {
    const outcome = plan(parts)
    if (outcome.kind === 'refused') throw outcome.error
    const { argv } = outcome.planned
    return argv[argv.indexOf('-machine') + 1] ?? ''
  }

  it('wraps keys with the keys that the document wants', () => {
    const keywrap =
      "<keywrap><cipher name='aes' state='off'/><cipher name='dea' state='on'/></keywrap>"
    expect(machineOption({ tail: keywrap })).toBe(
      's390-ccw-virtio-7.2,usb=off,aes-key-wrap=off,dea-key-wrap=on,dump-guest-core=off,memory-backend=s390.ram',
    )
  })

  it('hands its loader the word of the device that boots first', () => {
    const boot = (order: number, word: string, target: string): string =>
      disk('virtio', target, '', `<boot order='${order}' loadparm='${word}'/>`)
    expect(machineOption({ devices: boot(2, 'b', 'vda') + boot(1, 'lnx', 'vdb') })).toMatch(
      /,memory-backend=s390\.ram,loadparm=LNX$/,
    )
  })

  it('is what QEMU has by default', () => {
    expect(recorded().machines.find(({ isDefault }) => isDefault)?.alias).toBe(
      s390x.machine.default,
    )
  })
})
