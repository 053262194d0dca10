import { describe, expect, test } from 'vitest'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { expectRefusal, refusalOf } from '../support/hostile.ts'
import type { Refusal } from '../support/hostile.ts'

const unsupported = 'ERR_CONFIG_UNSUPPORTED'
const escape = (text: string): string => text.replace(/[&<'\n]/g, (c) => `&#${c.charCodeAt(0)};`)
const disk = (file: string, more = ''): string =>
  `<disk type='file'><source file='${escape(file)}'/><target dev='vda'/>${more}</disk>`
const withDevices = (devices: string): string => toyXml({ devices })
const serial = (path: string, type = 'unix'): string =>
  withDevices(`<serial type='${type}'><source mode='bind' path='${escape(path)}'/></serial>`)
const rng = (more: string): string => `<rng model='virtio'><backend model='random'/>${more}</rng>`
const pci = (at: string): string => rng(`<address type='pci' ${at}/>`)
const nic = (more: string, type = 'user'): string =>
  withDevices(`<interface type='${type}'>${more}</interface>`)
const passthrough = (body: string): string =>
  toyXml({
    root: `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>`,
    more: `<qemu:commandline>${body}</qemu:commandline>`,
  })

/** JSON values of an option. */
function options(argv: readonly string[], name: string): Record<string, unknown>[] {
  return argv.flatMap((word, i) =>
    argv[i - 1] === name ? [JSON.parse(word) as Record<string, unknown>] : [],
  )
}

const rows: Readonly<Record<string, Refusal>> = {
  'P-04 a newline in a path': {
    xml: withDevices(disk('/a\nb')),
    path: 'devices/disk[1]/source/@file',
    at: '9:19',
    says: 'holds a line break',
  },
  'P-05 a leading dash': {
    xml: withDevices(disk('-x')),
    path: 'devices/disk[1]/source/@file',
    says: 'is not an absolute path',
  },
  ...Object.fromEntries(
    ['nbd:localhost:1', 'json:{"driver":"ssh"}', 'fat:/etc', 'ssh://host/x'].map(
      (file): [string, Refusal] => [
        `P-06 ${file}`,
        {
          xml: withDevices(disk(file)),
          path: 'devices/disk[1]/source/@file',
          says: 'is not an absolute path',
        },
      ],
    ),
  ),
  'P-06 a path beyond PATH_MAX': {
    xml: withDevices(disk(`/${'x'.repeat(5000)}`)),
    says: 'a path has at most 4095',
  },
  ...Object.fromEntries(
    ['kernel', 'initrd', 'dtb', 'loader', 'nvram'].map((key): [string, Refusal] => [
      `P-07 a relative ${key}`,
      {
        xml: toyXml({
          os: `<os><type>hvm</type><kernel>/k</kernel><${key}>-x</${key}></os>`.replace(
            key === 'kernel' ? '<kernel>/k</kernel>' : '',
            '',
          ),
        }),
        path: `os/${key}`,
        says: 'is not an absolute path',
      },
    ]),
  ),
  'P-08 a command line of 200 kB': {
    xml: toyXml({
      os: `<os><type>hvm</type><kernel>/k</kernel><cmdline>${'x'.repeat(200_000)}</cmdline></os>`,
    }),
    path: 'os/cmdline',
    at: '6:40',
    says: 'longer than the 131072 bytes',
  },
  'P-10 a socket path of 108 bytes': {
    xml: serial(`/${'x'.repeat(107)}`),
    path: 'devices/serial[1]/source/@path',
    says: 'at most 107 bytes; this one has 108',
  },
  'P-11 a relative socket path': {
    xml: serial('sock'),
    path: 'devices/serial[1]/source/@path',
    says: 'is not an absolute path',
  },
  'P-12 an alias with an option in it': {
    xml: withDevices(rng(`<alias name='ua-x,y=z'/>`)),
    path: 'devices/rng[1]/alias/@name',
    says: 'may hold only letters',
  },
  'P-14 an alias twice': {
    xml: withDevices(rng(`<alias name='ua-x'/>`) + rng(`<alias name='ua-x'/>`)),
    path: 'devices/rng[2]/alias/@name',
    says: `'ua-x' is already used by devices/rng[1]`,
  },
  'P-15 a machine with an option in it': {
    xml: toyXml({ os: `<os><type machine='toy,accel=kvm'>hvm</type></os>` }),
    code: unsupported,
    path: 'os/type/@machine',
    at: '6:5',
    says: `'toy,accel=kvm'`,
  },
  'P-15 another machine': {
    xml: toyXml({ os: `<os><type machine='tpy'>hvm</type></os>` }),
    code: unsupported,
    path: 'os/type/@machine',
    at: '6:5',
    says: `did you mean 'toy'?`,
  },
  'P-16 a CPU feature with an option in it': {
    xml: toyXml({ more: `<cpu><model>toy1</model><feature name='sse,enforce=off'/></cpu>` }),
    path: 'cpu/feature[1]/@name',
    at: '7:25',
    says: 'may hold only letters, digits',
  },
  'P-16 a CPU model with an option in it': {
    xml: toyXml({ more: `<cpu><model>toy1,+kvm</model></cpu>` }),
    path: 'cpu/model',
    at: '7:6',
    says: 'may hold only letters, digits',
  },
  'P-16 a vendor id with a comma': {
    xml: toyXml({
      more: `<features><hyperv><vendor_id state='on' value='a,kvm=off'/></hyperv></features>`,
    }),
    path: 'features/hyperv/vendor_id/@value',
    at: '7:19',
    says: 'no comma',
  },
  'P-17 a card with an option in it': {
    xml: nic(`<model type='e1000,netdev=x'/>`),
    code: unsupported,
    path: 'devices/interface[1]/model/@type',
    at: '9:24',
    says: 'offered: virtio, e1000, spapr-vlan',
  },
  'P-18 a listen address with an option in it': {
    xml: withDevices(`<graphics type='vnc' listen='0.0.0.0,password=off'/>`),
    path: 'devices/graphics[1]/listen[1]/@address',
    at: '9:1',
    says: 'is not an address or host name',
  },
  'P-19 a serial number with an option in it': {
    xml: withDevices(disk('/a', '<serial>a,b=c</serial>')),
    code: unsupported,
    path: 'devices/disk[1]/serial',
    says: 'may hold only letters',
  },
  'P-19 a channel name that climbs': {
    xml: withDevices(`<channel type='unix'><target type='virtio' name='../../x'/></channel>`),
    path: 'devices/channel[1]/target/@name',
    at: '9:22',
    says: 'is not a channel name',
  },
  ...Object.fromEntries(
    [
      '-monitor',
      '--monitor',
      '-sandbox',
      '-daemonize',
      '-qmp',
      '-mon',
      '-mon=x',
      '-S',
      '-pidfile',
      '-action',
    ].map((argument): [string, Refusal] => [
      `P-20 ${argument}`,
      {
        xml: passthrough(`<qemu:arg value='${argument}'/>`),
        code: unsupported,
        path: 'qemu:commandline/qemu:arg[1]/@value',
        at: '7:19',
        says: 'belongs to polyvirt',
      },
    ]),
  ),
  'P-20 LD_PRELOAD': {
    xml: passthrough(`<qemu:env name='LD_PRELOAD' value='/x'/>`),
    code: unsupported,
    path: 'qemu:commandline/qemu:env[1]/@name',
    says: 'would load code into QEMU',
  },
  'P-20 a variable named A=B': {
    xml: passthrough(`<qemu:env name='A=B'/>`),
    path: 'qemu:commandline/qemu:env[1]/@name',
    says: 'is not the name of an environment variable',
  },
  'P-30 1,000 virtio disks, one place taken': {
    xml: withDevices(
      Array.from(
        { length: 1000 },
        (_, i) => `<disk><source file='/d${i}'/><target dev='vd${letters(i)}'/></disk>`,
      ).join('') +
        pci(`slot='0x01'`) +
        pci(`slot='0x01'`),
    ),
    path: 'devices/rng[2]/address',
    says: '0000:00:01.0 is already used by devices/rng[1]',
  },
  'a unit that a SATA controller has not': {
    xml: withDevices(
      `<disk><source file='/a'/><target dev='sda' bus='sata'/><address type='drive' controller='0' bus='0' unit='65536'/></disk>`,
    ),
    path: 'devices/disk[1]/address/@unit',
    says: 'a SATA controller has units 0 to 5, and no 65536',
  },
  'a card with more memory than its size can say': {
    xml: withDevices(`<video><model type='vga' vram='4294967295'/></video>`),
    path: 'devices/video[1]/model/@vram',
    says: '2147483648',
  },
  'P-30 more devices than any machine holds': {
    xml: withDevices(rng('').repeat(2049)),
    code: unsupported,
    path: 'devices/rng',
    at: '9:1',
    says: 'at most 2048 are taken',
  },
  'P-31 a target twice': {
    xml: withDevices(disk('/a') + disk('/b')),
    path: 'devices/disk[2]/target/@dev',
    says: `target 'vda' is already used by devices/disk[1]`,
  },
  'P-31 a PCI address twice': {
    xml: withDevices(pci(`slot='0x07'`) + pci(`slot='0x07'`)),
    path: 'devices/rng[2]/address',
    says: 'is already used by devices/rng[1]',
  },
  'P-31 slot 32': {
    xml: withDevices(pci(`slot='0x20'`)),
    path: 'devices/rng[1]/address/@slot',
    says: 'from 0x0 to 0x1f',
  },
  'P-31 function 8': {
    xml: withDevices(pci(`slot='1' function='8'`)),
    path: 'devices/rng[1]/address/@function',
    says: 'from 0x0 to 0x7',
  },
  'P-31 bus 256': {
    xml: withDevices(pci(`bus='256' slot='1'`)),
    path: 'devices/rng[1]/address/@bus',
    says: 'from 0x0 to 0xff',
  },
  'P-31 PCI domain 1': {
    xml: withDevices(pci(`domain='1' slot='1'`)),
    path: 'devices/rng[1]/address/@domain',
    says: 'only 0x0000 is',
  },
  'P-31 a place that the board has': {
    xml: withDevices(pci(`slot='31' function='0' multifunction='on'`)),
    path: 'devices/rng[1]/address',
    says: 'belongs to the board',
  },
  'X-36 an address type of every object': {
    xml: withDevices(rng(`<address type='constructor'/>`)),
    path: 'devices/rng[1]/address/@type',
    says: "the address type is 'constructor'",
  },
  'X-36 a bridge of every object': {
    xml: withDevices(`<controller type='pci' index='1' model='constructor'/>`),
    code: unsupported,
    path: 'devices/controller[1]/@model',
    says: "'constructor' is not offered",
  },
  'P-32 a short MAC address': {
    xml: nic(`<mac address='52:54:00'/>`),
    path: 'devices/interface[1]/mac/@address',
    at: '9:24',
    says: 'is not a MAC address',
  },
  'P-32 a multicast MAC address': {
    xml: nic(`<mac address='01:00:5e:00:00:01'/>`),
    path: 'devices/interface[1]/mac/@address',
    says: 'is a multicast MAC address',
  },
  ...Object.fromEntries(
    ['a'.repeat(16), '../x', 'br0 id', '.', ''].map((name): [string, Refusal] => [
      `P-33 a tap named ${JSON.stringify(name)}`,
      {
        xml: nic(`<target dev='${name}'/>`, 'ethernet'),
        path: 'devices/interface[1]/target/@dev',
        says: `is not a network device's name`,
      },
    ]),
  ),
  'P-33 a bridge named br0:id': {
    xml: nic(`<source bridge='br0:id'/>`, 'bridge'),
    path: 'devices/interface[1]/source/@bridge',
    says: `is not a network device's name`,
  },
  'P-34 a serial port into /etc': {
    xml: serial('/etc/passwd', 'file'),
    path: 'devices/serial[1]/source/@path',
    says: 'belongs to the host',
  },
  'P-34 a serial port into /etc by way of ..': {
    xml: serial('/tmp/../etc/passwd', 'file'),
    path: 'devices/serial[1]/source/@path',
    says: `write the path out`,
  },
  'P-34 randomness from /etc/shadow': {
    xml: withDevices(`<rng model='virtio'><backend model='random'>/etc/shadow</backend></rng>`),
    code: unsupported,
    path: 'devices/rng[1]/backend',
    at: '9:21',
    says: 'is not a source of randomness',
  },
  'a USB port that is none': {
    xml: withDevices(
      `<input type='keyboard' bus='usb'><address type='usb' bus='0' port='1,x'/></input>`,
    ),
    path: 'devices/input[1]/address/@port',
    says: 'is not a USB port',
  },
  'a controller with 2³¹ ports': {
    xml: withDevices(`<controller type='usb' index='0' model='qemu-xhci' ports='2147483647'/>`),
    code: unsupported,
    path: 'devices/controller[1]/@ports',
    says: '1 to 15',
  },
  'a drive on controller 2³²−1': {
    xml: withDevices(
      `<disk><source file='/a'/><target dev='sda' bus='scsi'/><address type='drive' controller='4294967295'/></disk>`,
    ),
    path: 'devices/disk[1]/address',
    says: 'there is no scsi controller with index 4294967295',
  },
}

/** `a`, …, `z`, `aa`, …: the letters of the n-th disk. */
function letters(n: number): string {
  return `${n < 26 ? '' : letters(Math.floor(n / 26) - 1)}${String.fromCharCode(97 + (n % 26))}`
}

describe('paths, arguments and devices', () => {
  test.each(Object.entries(rows))('%s', (_, row) => expectRefusal(row))

  test.each([
    ['P-01 options', '/a,if=none,id=x'],
    ['P-02 an equals sign', '/a=b'],
    ['P-03 quotes, backslash and braces', `/a"'\\{}b`],
    ['P-03 JSON', '/x","driver":"ssh","y":"'],
  ])('%s in a path end up in the path', (_, path) => {
    const nodes = options(planToy(withDevices(disk(path))).argv(), '-blockdev')
    expect(nodes[0]).toMatchObject({ driver: 'file', filename: path })
    expect(nodes).toHaveLength(2)
  })

  test('P-07, P-08 kernel, initrd and command line are arguments of their own', () => {
    const [kernel, initrd, cmdline] = ['/k,x=y', '/i,x=y', `a,b "c" 'd'\ne`]
    const os = `<os><type>hvm</type><kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>${cmdline}</cmdline></os>`
    const argv = planToy(toyXml({ os })).argv()
    for (const [option, value] of [
      ['-kernel', kernel],
      ['-initrd', initrd],
      ['-append', cmdline],
    ] as const) {
      expect(argv[argv.indexOf(option) + 1]).toBe(value)
    }
  })

  test('P-09, P-18 a comma in a socket path is doubled', () => {
    const chardev = planToy(serial('/s,x=y'))
      .argv()
      .find((word) => word.startsWith('socket,id=charserial0'))
    expect(chardev).toBe('socket,id=charserial0,path=/s,,x=y,server=on,wait=off')
    const vnc = withDevices(
      `<graphics type='vnc'><listen type='socket' socket='/s,x=y'/></graphics>`,
    )
    const argv = planToy(vnc).argv()
    expect(argv[argv.indexOf('-vnc') + 1]).toMatch(/^vnc=unix:\/s,,x=y/)
  })

  test("P-13 an alias that is not the user's to give is ignored, as by libvirt", () => {
    const { domain, argv } = planToy(withDevices(rng(`<alias name='balloon0'/>`)))
    expect(domain.devices.rng?.[0]?.alias).toBeUndefined()
    expect(options(argv(), '-device').filter(({ id }) => id === 'balloon0')).toHaveLength(1)
  })

  test('P-20 arguments that are passed through are shown as a taint', () => {
    const { warnings, argv } = planToy(
      passthrough(`<qemu:arg value='-snapshot'/><qemu:env name='A' value='b'/>`),
    )
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('tainted (custom-argv)'),
      expect.stringContaining('tainted (custom-env)'),
    ])
    expect(argv()).toContain('-snapshot')
  })

  test('P-30 1,000 SCSI disks are planned', () => {
    const disks = Array.from(
      { length: 1000 },
      (_, i) => `<disk><source file='/d${i}'/><target dev='sd${letters(i)}' bus='scsi'/></disk>`,
    )
    const { domain, argv } = planToy(withDevices(disks.join('')))
    expect(domain.devices.disk).toHaveLength(1000)
    expect(options(argv(), '-device').filter(({ driver }) => driver === 'scsi-hd')).toHaveLength(
      1000,
    )
  })

  test('P-32 one MAC address on two cards is a warning', () => {
    const card = `<interface type='user'><mac address='52:54:00:00:00:01'/></interface>`
    const { warnings } = planToy(withDevices(`${card}\n${card}`))
    expect(warnings).toMatchObject([
      { path: 'devices/interface[2]/mac/@address', place: { line: 10 } },
    ])
  })

  test('all problems are told at once, in the order of the document within each kind', () => {
    const error = refusalOf(() => planToy(withDevices(disk('-a') + disk('-b') + pci(`slot='40'`))))
    expect(error.problems.length).toBe(1)
    const later = refusalOf(() =>
      planToy(withDevices(disk('-a') + disk('-b') + rng(`<alias name='ua-,'/>`))),
    )
    expect(later.problems.map(({ path }) => path)).toEqual([
      'devices/disk[1]/source/@file',
      'devices/disk[2]/target/@dev',
      'devices/disk[2]/source/@file',
      'devices/rng[1]/alias/@name',
    ])
  })
})
