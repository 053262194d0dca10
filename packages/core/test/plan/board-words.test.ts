import { describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { defineArch } from '../../src/arch/index.ts'
import type { DeviceAllowList, MachineProfile } from '../../src/arch/index.ts'
import { planAttach } from '../../src/plan/plan-attach.ts'
import { parseDevice } from '../../src/xml/parse-device.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

interface BoardParts {
  readonly devices?: DeviceAllowList
  readonly profile?: Partial<MachineProfile>
}

/** The toy platform on a board that has or lacks something. */
function toyBoard({ devices = {}, profile = {} }: BoardParts) {
  const [first] = testArch.machine.profiles
  return {
    arch: defineArch({
      ...testArch,
      devices: { ...testArch.devices, ...devices },
      machine: { ...testArch.machine, profiles: [{ ...first, ...profile }] },
    }),
    capabilities: testCapabilities,
  }
}

/** Path and message of each problem; none where it is planned. */
function problemsOf(xml: string, board: ReturnType<typeof toyBoard>): readonly string[] {
  try {
    planToy(xml, false, board)
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.problems.map(({ path = '', message }) => `${path}: ${message}`)
  }
}

const ports = (count: number): string => "<serial type='null'/>".repeat(count)

describe('a board with places for so many devices of a model', () => {
  const serial = testArch.devices.serial ?? { models: {} }
  const two = toyBoard({
    devices: {
      serial: {
        ...serial,
        models: {
          ...serial.models,
          'spapr-vio-serial': { driver: 'spapr-vty', bus: 'spapr-vio', max: 2 },
        },
      },
      parallel: { models: { parallel: { bus: 'none', max: 0 } } },
    },
  })

  it('takes as many', () => {
    expect(problemsOf(toyXml({ devices: ports(2) }), two)).toEqual([])
  })

  it('refuses each one more, and says what is offered beside', () => {
    const message =
      "toy has places for 2 <serial> of serial target type 'spapr-vio-serial'; offered beside: pci-serial, usb-serial"
    expect(problemsOf(toyXml({ devices: ports(4) }), two)).toEqual([
      `devices/serial[3]: ${message}`,
      `devices/serial[4]: ${message}`,
    ])
  })

  it('counts those of another model apart', () => {
    const other = "<serial type='null'><target type='pci-serial'/></serial>"
    expect(problemsOf(toyXml({ devices: other + ports(2) + other }), two)).toEqual([])
  })

  it('says no model where the kind has none', () => {
    expect(problemsOf(toyXml({ devices: "<parallel type='null'/>" }), two)).toEqual([
      'devices/parallel[1]: toy has places for 0 <parallel>',
    ])
  })
})

describe('a board with so many virtio transports', () => {
  const rng = testArch.devices.rng?.models['virtio']
  const one = toyBoard({
    devices: {
      rng: {
        models: {
          virtio: {
            bus: 'pci',
            ...rng,
            others: [{ driver: 'virtio-rng-pci', bus: 'virtio-mmio' }],
          },
        },
      },
    },
    profile: { virtioTransports: 1 },
  })
  const device = (address: string): string =>
    `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address}</rng>`
  const onTransport = device("<address type='virtio-mmio'/>")
  const onPci = device("<address type='pci' slot='9'/>")

  it('takes as many devices on them, and others elsewhere', () => {
    expect(problemsOf(toyXml({ devices: onTransport + onPci }), one)).toEqual([])
  })

  it('refuses one more', () => {
    expect(problemsOf(toyXml({ devices: onTransport + onPci + onTransport }), one)).toEqual([
      'devices/rng[3]/address: toy has 1 virtio transports; put the others on PCI',
    ])
  })
})

describe('a transport of the board', () => {
  const rng = testArch.devices.rng?.models['virtio']
  const others = [{ driver: 'virtio-rng-pci', bus: 'virtio-mmio' }] as const
  const board = toyBoard({
    devices: { rng: { models: { virtio: { bus: 'pci', ...rng, others } } } },
  })
  const plugged = (address: string): readonly string[] => {
    const xml = `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address}</rng>`
    const { domain, context } = planToy(toyXml(), false, board)
    try {
      return planAttach(domain, parseDevice(xml), context).added.map(({ kind }) => kind)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      return error.problems.map(({ path = '', message }) => `${path}: ${message}`)
    }
  }

  it('plugs nothing while the guest runs, which is said before QEMU is asked', () => {
    expect(plugged("<address type='virtio-mmio'/>")).toEqual([
      'devices/rng: <rng> would be on a virtio transport of toy, which plugs nothing while the guest runs; put it on another bus, or into the definition (--config) and start the guest anew',
    ])
    expect(plugged('').at(-1)).toBe('rng')
  })
})

describe('a board whose devices are on transports by themselves', () => {
  const bare = toyBoard({
    devices: {
      rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'virtio-mmio' } } },
    },
    profile: { virtioTransports: 1 },
  })

  it('counts them', () => {
    const device = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
    expect(problemsOf(toyXml({ devices: device + device }), bare)).toEqual([
      'devices/rng[2]: toy has 1 virtio transports; put the others on PCI',
    ])
  })
})

describe('an I/O thread of a device on a virtio transport', () => {
  const virtio = { driver: 'virtio-blk-pci', bus: 'virtio-mmio' } as const
  const board = toyBoard({ devices: { disk: { models: { virtio } } } })
  const disk = (driver: string): string =>
    toyXml({
      more: '<iothreads>1</iothreads>',
      devices: `<disk type='file'><driver name='qemu' type='raw' ${driver}/><source file='/x'/><target dev='vda' bus='virtio'/></disk>`,
    })

  it('is refused without KVM where QEMU would end over it', () => {
    expect(problemsOf(disk("iothread='1'"), board)).toEqual([
      'devices/disk[1]/driver/@iothread: with QEMU 7.2 an I/O thread serves a device on a virtio transport only with KVM; leave iothread out, or put the device on PCI',
    ])
    expect(problemsOf(disk(''), board)).toEqual([])
  })

  it('is taken of a newer QEMU', () => {
    const newer = {
      ...board,
      capabilities: { ...testCapabilities, version: { major: 10, minor: 0, micro: 0 } },
    }
    expect(problemsOf(disk("iothread='1'"), newer)).toEqual([])
  })
})

describe('what a board has not', () => {
  const bare = toyBoard({
    profile: {
      lacks: [
        ...([
          'dies',
          'numa',
          'sleep-states',
          'secure-loader',
          'loader',
          'flash',
          'boot-menu',
        ] as const),
        ...(['firmware-serial', 'device-tree', 'acpi-tables', 'smbios', 'fw-cfg'] as const),
      ],
    },
  })
  const dies = "<cpu><topology sockets='1' dies='2' cores='1' threads='1'/></cpu>"
  const numa = "<cpu><numa><cell id='0' cpus='0' memory='512' unit='MiB'/></numa></cpu>"
  const os = (inner: string) => (xml: string) => xml.replace('</os>', `${inner}</os>`)
  const asks: readonly (readonly [what: string, edit: (xml: string) => string, start: string])[] = [
    ['dies', (xml) => xml.replace('<devices>', `${dies}<devices>`), 'cpu/topology/@dies: toy has'],
    [
      'nodes of memory',
      (xml) => xml.replace('<devices>', `${numa}<devices>`),
      'cpu/numa: the memory of toy is one node',
    ],
    [
      'a sleep state, even off',
      (xml) => xml.replace('<devices>', "<pm><suspend-to-mem enabled='no'/></pm><devices>"),
      'pm: toy has no sleep states',
    ],
    [
      'flash for the firmware alone',
      os("<loader readonly='yes' secure='yes' type='rom'>/f</loader>"),
      "os/loader/@secure: toy has no flash that only the firmware may write; use secure='no'",
    ],
    [
      'firmware from a file',
      os('<loader>/f</loader>'),
      'os/loader: toy runs no firmware; leave it',
    ],
    [
      'firmware by its kind',
      (xml) => xml.replace('<os>', "<os firmware='efi'>"),
      'os/@firmware: toy runs no firmware; leave it out and boot a kernel with <kernel>',
    ],
    [
      'firmware in flash',
      os("<loader readonly='yes' type='pflash'>/f</loader>"),
      "os/loader/@type: toy has no flash, so no type='pflash'; use type='rom'",
    ],
    ['a boot menu', os("<bootmenu enable='yes'/>"), 'os/bootmenu/@enable: no firmware of toy asks'],
    [
      'a second try',
      os("<bios rebootTimeout='10'/>"),
      'os/bios/@rebootTimeout: no firmware of toy',
    ],
    [
      'a device tree',
      os('<kernel>/k</kernel><dtb>/t</dtb>'),
      'os/dtb: a guest on toy gets no device tree of yours; leave <dtb> out',
    ],
    ['SMBIOS', os("<smbios mode='host'/>"), 'os/smbios/@mode: toy has no SMBIOS'],
    [
      'entries of fw_cfg',
      (xml) =>
        xml.replace(
          '<devices>',
          "<sysinfo type='smbios'/><sysinfo type='fwcfg'><entry name='opt/x'>y</entry></sysinfo><devices>",
        ),
      'sysinfo[2]: toy has no fw_cfg; use a disk, or the kernel’s command line by <cmdline>',
    ],
    ['a talking firmware', os("<bios useserial='yes'/>"), 'os/bios/@useserial: firmware of toy'],
    [
      'an ACPI table',
      os("<acpi><table type='slic'>/t</table></acpi>"),
      'os/acpi/table: QEMU takes no ACPI tables of others on toy',
    ],
  ]

  it.each(asks)('%s, is refused where it is asked for', (_what, edit, start) => {
    expect(problemsOf(edit(toyXml({})), bare).filter((one) => one.startsWith(start))).toHaveLength(
      1,
    )
    expect(
      problemsOf(edit(toyXml({})), toyBoard({})).filter((one) => one.startsWith(start)),
    ).toEqual([])
  })

  describe('of its own to begin with', () => {
    const given = (lacks: NonNullable<MachineProfile['lacks']>) => toyBoard({ profile: { lacks } })

    it('is told what it takes instead', () => {
      expect(problemsOf(toyXml({}), given(['own-firmware']))).toEqual([
        'os: toy starts only what it is given; name a kernel with <kernel>, or firmware with <loader>',
      ])
      expect(problemsOf(toyXml({}), given(['own-firmware', 'loader']))).toEqual([
        'os: toy starts only what it is given; name a kernel with <kernel>',
      ])
    })

    it('is not asked for by a document that brings its own', () => {
      const own = given(['own-firmware'])
      for (const inner of ['<kernel>/k</kernel>', '<loader>/f</loader>'])
        expect(problemsOf(os(inner)(toyXml({})), own)).toEqual([])
      expect(
        problemsOf(toyXml({}).replace('<os>', "<os firmware='efi'>"), own).filter((one) =>
          one.startsWith('os: '),
        ),
      ).toEqual([])
    })
  })

  it('is not missed by a document that does not ask, or says that it wants none', () => {
    expect(problemsOf(toyXml({}), bare)).toEqual([])
    const none = os("<bootmenu enable='no'/><smbios mode='emulate'/>")
    expect(problemsOf(none(toyXml({})), bare)).toEqual([])
  })
})

describe('a board with addresses for so much memory', () => {
  const small = toyBoard({ profile: { maximumMemoryKiB: 1024 * 1024 } })
  const memory = (kib: number): string =>
    toyXml({}).replace(/<memory[^]*?<\/memory>/, `<memory unit='KiB'>${kib}</memory>`)

  it('takes all of it, and says how much that is', () => {
    expect(problemsOf(memory(1024 * 1024), small)).toEqual([])
    expect(problemsOf(memory(1024 * 1024 + 1024), small)).toEqual([
      'memory: 1049600 KiB is more than the 1048576 KiB that toy has addresses for',
    ])
  })
})

describe('a board that runs fewer vCPUs than QEMU takes', () => {
  const single = toyBoard({ profile: { maximumVcpus: 1 } })
  const vcpus = (count: number): string => toyXml({ vcpu: `<vcpu>${count}</vcpu>` })

  it('takes as many, and says how many those are', () => {
    expect(problemsOf(vcpus(1), single)).toEqual([])
    expect(problemsOf(vcpus(2), single)).toEqual([
      'vcpu: 2 is more vCPUs than machine toy-1.0 takes: one',
    ])
    expect(problemsOf(vcpus(2), toyBoard({ profile: { maximumVcpus: 4 } }))).toEqual([])
  })
})

describe('variables of a firmware', () => {
  const os = (inner: string): string => toyXml({}).replace('</os>', `${inner}</os>`)

  it('are refused where no firmware is there to have them', () => {
    const message = "os/nvram: variables belong to a firmware; give its <loader>, or firmware='efi'"
    for (const nvram of ['<nvram>/vars.fd</nvram>', "<nvram template='/t.fd'/>"])
      expect(problemsOf(os(nvram), toyBoard({}))).toEqual([message])
  })

  it('are taken with its file', () => {
    const loader = "<loader readonly='yes' type='pflash'>/code.fd</loader><nvram>/vars.fd</nvram>"
    expect(problemsOf(os(loader), toyBoard({}))).toEqual([])
  })
})
