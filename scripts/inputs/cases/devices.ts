import type { Numbered, Refusal } from '../support/catalogue.ts'
import { escaped } from '../support/guest-xml.ts'
import type { GuestParts } from '../support/guest-xml.ts'

/** A definition that is refused for a path, an argument or a device. */
export interface BadDevice extends Numbered, Refusal {
  readonly parts: GuestParts
}

const unsupported = 'ERR_CONFIG_UNSUPPORTED'

export const disk = (file: string, more = '', dev = 'vda'): string =>
  `<disk type='file'><source file='${escaped(file)}'/><target dev='${dev}'/>${more}</disk>`
export const rng = (more: string, backend = '/dev/urandom'): string =>
  `<rng model='virtio'><backend model='random'>${backend}</backend>${more}</rng>`
const pci = (at: string): string => rng(`<address type='pci' ${at}/>`)
export const unixSerial = (path: string, type = 'unix'): string =>
  `<serial type='${type}'><source mode='bind' path='${escaped(path)}'/></serial>`
const nic = (more: string, type = 'user'): string => `<interface type='${type}'>${more}</interface>`
const device = (devices: string): { readonly parts: GuestParts } => ({ parts: { devices } })
const os = (inside: string): { readonly parts: GuestParts } => ({
  parts: { os: `<os><type arch='x86_64' machine='pc'>hvm</type>${inside}</os>` },
})
export const passthrough = (body: string): GuestParts => ({
  root: `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>`,
  more: `<qemu:commandline>${body}</qemu:commandline>`,
})
const notAbsolute = 'is not an absolute path'

/** `a`, …, `z`, `aa`, …: the letters of the n-th disk. */
export function letters(n: number): string {
  return `${n < 26 ? '' : letters(Math.floor(n / 26) - 1)}${String.fromCharCode(97 + (n % 26))}`
}

/** `count` disks on a bus whose targets begin like this. */
export function manyDisks(count: number, prefix: string, path = '/d'): string {
  return Array.from({ length: count }, (_, i) =>
    disk(`${path}${i}`, '', `${prefix}${letters(i)}`),
  ).join('')
}

export const badDevices: readonly BadDevice[] = [
  {
    id: 'P-04',
    what: 'a newline in the path of a disk',
    ...device(disk('/a\nb')),
    path: 'devices/disk[1]/source/@file',
    at: '9:19',
    says: 'holds a line break',
  },
  {
    id: 'P-05',
    what: 'a path of a disk that begins like an option',
    ...device(disk('-x')),
    path: 'devices/disk[1]/source/@file',
    at: '9:19',
    says: `'-x' ${notAbsolute}`,
  },
  ...['nbd:localhost:1', 'json:{"driver":"ssh"}', 'fat:/etc', 'ssh://host/x'].map(
    (file): BadDevice => ({
      id: 'P-06',
      what: `${file} as a file`,
      ...device(disk(file)),
      path: 'devices/disk[1]/source/@file',
      at: '9:19',
      says: notAbsolute,
    }),
  ),
  ...['kernel', 'initrd', 'dtb'].map((key): BadDevice => ({
    id: 'P-07',
    what: `a ${key} that is a relative path`,
    ...os(key === 'kernel' ? `<kernel>-x</kernel>` : `<kernel>/k</kernel><${key}>-x</${key}>`),
    path: `os/${key}`,
    says: notAbsolute,
  })),
  {
    id: 'P-08',
    what: 'a command line of 200 kB',
    ...os(`<kernel>/k</kernel><cmdline>${'x'.repeat(200_000)}</cmdline>`),
    path: 'os/cmdline',
    at: '6:67',
    says: 'longer than the 131072 bytes',
  },
  {
    id: 'P-10',
    what: 'a socket path of 108 bytes',
    ...device(unixSerial(`/${'x'.repeat(107)}`)),
    path: 'devices/serial[1]/source/@path',
    at: '9:21',
    says: 'at most 107 bytes; this one has 108',
  },
  {
    id: 'P-11',
    what: 'a relative socket path',
    ...device(unixSerial('sock')),
    path: 'devices/serial[1]/source/@path',
    at: '9:21',
    says: `'sock' ${notAbsolute}`,
  },
  {
    id: 'P-12',
    what: 'an alias with an option in it',
    ...device(rng(`<alias name='ua-x,y=z'/>`)),
    path: 'devices/rng[1]/alias/@name',
    says: 'may hold only letters',
  },
  {
    id: 'P-14',
    what: 'an alias twice',
    ...device(rng(`<alias name='ua-x'/>`) + rng(`<alias name='ua-x'/>`)),
    path: 'devices/rng[2]/alias/@name',
    says: `'ua-x' is already used by devices/rng[1]`,
  },
  {
    id: 'P-15',
    what: 'a machine with an option in it',
    parts: { os: `<os><type arch='x86_64' machine='pc,accel=kvm'>hvm</type></os>` },
    code: unsupported,
    path: 'os/type/@machine',
    at: '6:5',
    says: `'pc,accel=kvm'`,
  },
  {
    id: 'P-15',
    what: 'a machine that there is not',
    parts: { os: `<os><type arch='x86_64' machine='nope'>hvm</type></os>` },
    code: unsupported,
    path: 'os/type/@machine',
    at: '6:5',
    says: `'nope'`,
  },
  {
    id: 'P-16',
    what: 'a CPU feature with an option in it',
    parts: {
      more: `<cpu mode='custom'><model>qemu64</model><feature name='sse,enforce=off' policy='require'/></cpu>`,
    },
    path: 'cpu/feature[1]/@name',
    at: '7:41',
    says: 'may hold only letters, digits',
  },
  {
    id: 'P-17',
    what: 'a card with an option in it',
    ...device(nic(`<model type='e1000,netdev=x'/>`)),
    code: unsupported,
    path: 'devices/interface[1]/model/@type',
    at: '9:24',
    says: `'e1000,netdev=x'`,
  },
  {
    id: 'P-18',
    what: 'a listen address with an option in it',
    ...device(`<graphics type='vnc' listen='0.0.0.0,password=off'/>`),
    path: 'devices/graphics[1]/listen[1]/@address',
    at: '9:1',
    says: 'is not an address or host name',
  },
  {
    id: 'P-19',
    what: 'a serial number with an option in it',
    ...device(disk('/a', '<serial>a,b=c</serial>')),
    code: unsupported,
    path: 'devices/disk[1]/serial',
    says: 'may hold only letters',
  },
  {
    id: 'P-19',
    what: "a channel's name that climbs",
    ...device(`<channel type='unix'><target type='virtio' name='../../x'/></channel>`),
    path: 'devices/channel[1]/target/@name',
    at: '9:22',
    says: 'is not a channel name',
  },
  ...['-monitor', '-sandbox', '-daemonize', '-qmp', '--qmp', '-mon=x', '-S', '-pidfile'].map(
    (argument): BadDevice => ({
      id: 'P-20',
      what: `${argument} passed through`,
      parts: passthrough(`<qemu:arg value='${argument}'/>`),
      code: unsupported,
      path: 'qemu:commandline/qemu:arg[1]/@value',
      at: '7:19',
      says: 'belongs to polyvirt',
    }),
  ),
  {
    id: 'P-20',
    what: 'a library to load into QEMU',
    parts: passthrough(`<qemu:env name='LD_PRELOAD' value='/x'/>`),
    code: unsupported,
    path: 'qemu:commandline/qemu:env[1]/@name',
    at: '7:19',
    says: 'would load code into QEMU',
  },
  {
    id: 'P-20',
    what: 'a variable named A=B',
    parts: passthrough(`<qemu:env name='A=B' value='x'/>`),
    path: 'qemu:commandline/qemu:env[1]/@name',
    at: '7:19',
    says: 'is not the name of an environment variable',
  },
  {
    id: 'P-30',
    what: '1,000 virtio disks',
    ...device(manyDisks(1000, 'vd')),
    path: 'devices/disk[991]/address',
    says: 'there is no pci controller with index 33',
  },
  {
    id: 'P-31',
    what: 'a target twice',
    ...device(disk('/a') + disk('/b')),
    path: 'devices/disk[2]/target/@dev',
    says: `target 'vda' is already used by devices/disk[1]`,
  },
  {
    id: 'P-31',
    what: 'a PCI address twice',
    ...device(pci(`slot='0x07'`) + pci(`slot='0x07'`)),
    path: 'devices/rng[2]/address',
    says: '0000:00:07.0 is already used by devices/rng[1]',
  },
  {
    id: 'P-31',
    what: 'slot 32',
    ...device(pci(`slot='0x20'`)),
    path: 'devices/rng[1]/address/@slot',
    says: 'from 0x0 to 0x1f',
  },
  {
    id: 'P-31',
    what: 'bus 77',
    ...device(pci(`bus='77' slot='1'`)),
    path: 'devices/rng[1]/address',
    says: '77',
  },
  {
    id: 'P-31',
    what: 'function 8',
    ...device(pci(`slot='1' function='8'`)),
    path: 'devices/rng[1]/address/@function',
    says: 'from 0x0 to 0x7',
  },
  {
    id: 'P-32',
    what: 'a short MAC address',
    ...device(nic(`<mac address='52:54:00'/>`)),
    path: 'devices/interface[1]/mac/@address',
    at: '9:24',
    says: `'52:54:00' is not a MAC address`,
  },
  {
    id: 'P-32',
    what: 'a multicast MAC address',
    ...device(nic(`<mac address='01:00:5e:00:00:01'/>`)),
    path: 'devices/interface[1]/mac/@address',
    at: '9:24',
    says: 'is a multicast MAC address',
  },
  ...['a'.repeat(16), '../x'].map((name): BadDevice => ({
    id: 'P-33',
    what: `a tap named ${name}`,
    ...device(nic(`<target dev='${name}'/>`, 'ethernet')),
    path: 'devices/interface[1]/target/@dev',
    at: '9:28',
    says: `is not a network device's name`,
  })),
  {
    id: 'P-33',
    what: 'a bridge named br0;id',
    ...device(nic(`<source bridge='br0;id'/>`, 'bridge')),
    path: 'devices/interface[1]/source/@bridge',
    at: '9:26',
    says: `is not a network device's name`,
  },
  {
    id: 'P-34',
    what: 'a serial port into /etc/passwd',
    ...device(unixSerial('/etc/passwd', 'file')),
    path: 'devices/serial[1]/source/@path',
    at: '9:21',
    says: 'belongs to the host',
  },
  {
    id: 'P-34',
    what: 'randomness from /etc/shadow',
    ...device(rng('', '/etc/shadow')),
    code: unsupported,
    path: 'devices/rng[1]/backend',
    at: '9:21',
    says: 'is not a source of randomness',
  },
]

/** Inputs that come out as what they are: a path, a word of one argument. */
export const literalDevices: readonly (Numbered & { readonly text: string })[] = [
  { id: 'P-01', what: 'options in the path of a disk', text: '/a,if=none,id=x' },
  { id: 'P-02', what: 'an equals sign in the path of a disk', text: '/a=b' },
  { id: 'P-03', what: 'quotes, a backslash and braces in the path of a disk', text: `/a"'\\{}b` },
  { id: 'P-03', what: 'JSON in the path of a disk', text: '/x","driver":"ssh","y":"' },
]

/** Those that have tests of their own. */
export const otherDevices: readonly Numbered[] = [
  { id: 'P-07', what: 'kernel and initrd with commas are whole arguments' },
  { id: 'P-08', what: 'a command line with comma, quotes and newline is one argument' },
  { id: 'P-09', what: 'a comma in the path of a socket is doubled' },
  { id: 'P-13', what: "an alias that is not the user's to give is ignored" },
  { id: 'P-18', what: 'a comma in the path of a VNC socket is doubled' },
  { id: 'P-20', what: 'what is passed through is shown as a taint' },
  { id: 'P-21', what: 'a file that is no emulator is never executed' },
  { id: 'P-22', what: 'a disk that is not there' },
  { id: 'P-23', what: 'a disk in a folder that is not there' },
  { id: 'P-24', what: 'a folder as disk' },
  { id: 'P-25', what: 'a FIFO as disk' },
  { id: 'P-26', what: 'a character device as file' },
  { id: 'P-27', what: 'the second of two disks is not there' },
  { id: 'P-28', what: 'an image that is not what it is called, or stands on what it may not' },
  { id: 'P-29', what: 'one disk in two guests' },
  { id: 'P-30', what: '1,000 SCSI disks are planned' },
  { id: 'P-32', what: 'a MAC address twice is warned of' },
  { id: 'P-33', what: 'a bridge that is not there' },
  { id: 'P-34', what: 'a host device that is not there' },
]
