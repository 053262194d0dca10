import { describe, expect, it } from 'vitest'
import { acpiSwitch, defineArch } from '../../src/arch/index.ts'
import type { Arch, MachineProfile } from '../../src/arch/index.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

const [profile] = testArch.machine.profiles

/** The toy platform with something of its own, as a QEMU that has these devices and objects. */
const toyWith = (own: Partial<Arch>, more: readonly string[] = []) => ({
  arch: defineArch({ ...testArch, ...own }),
  capabilities: {
    ...testCapabilities,
    devices: [...testCapabilities.devices, ...more],
    objects: [...(testCapabilities.objects ?? []), ...more],
  },
})

const boardWith = (own: Partial<MachineProfile>): Partial<Arch> => ({
  machine: { ...testArch.machine, profiles: [{ ...profile, ...own }] },
})

const optionOf = (argv: readonly string[], name: string): readonly string[] =>
  argv.filter((_, i) => argv[i - 1] === name)

describe('words of a platform', () => {
  const ports = toyWith(
    {
      devices: {
        ...testArch.devices,
        serial: {
          default: ['sclp-serial'],
          models: { 'sclp-serial': { driver: 'toyconsole', forms: ['toyline'], bus: 'none' } },
        },
      },
    },
    ['toyconsole', 'toyline'],
  )
  const serial = (model: string): string =>
    toyXml({ devices: `<serial type='null'><target type='sclp-serial'>${model}</target></serial>` })

  it('give one serial target several forms', () => {
    expect(planToy(serial(''), false, ports).domain.devices.serial?.[0]?.targetModel).toBe(
      'toyconsole',
    )
    const argv = planToy(serial("<model name='toyline'/>"), false, ports).argv()
    expect(optionOf(argv, '-device').some((one) => one.includes('"driver":"toyline"'))).toBe(true)
    expect(() => planToy(serial("<model name='other'/>"), false, ports)).toThrow(
      /the model of a 'sclp-serial' port is 'toyconsole' or 'toyline', not 'other'/,
    )
  })

  it('say since which QEMU a device and a feature start', () => {
    const platform = (since: readonly [number, number]) =>
      toyWith(
        {
          devices: {
            ...testArch.devices,
            video: {
              default: ['ramfb'],
              models: { ramfb: { driver: 'toyfb', bus: 'none', since } },
            },
          },
          features: {
            supported: { vmcoreinfo: { to: 'device', driver: 'vmcoreinfo', only: { since } } },
            defaults: () => ({}),
            timers: {},
          },
        },
        ['toyfb'],
      )
    const { major, minor } = testCapabilities.version
    const card = toyXml({ devices: "<video><model type='ramfb'/></video>" })
    const feature = toyXml({ more: '<features><vmcoreinfo/></features>' })
    for (const xml of [card, feature]) planToy(xml, false, platform([major, minor]))
    expect(() => planToy(card, false, platform([major + 1, 0]))).toThrow(
      `video model 'ramfb' needs QEMU ${major + 1}.0 on toy, and this is ${major}.${minor}; offered: none`,
    )
    expect(() => planToy(feature, false, platform([major, minor + 1]))).toThrow(
      `feature 'vmcoreinfo' is refused: needs QEMU ${major}.${minor + 1}, and this is ${major}.${minor}`,
    )
  })

  it('put what a missing feature means where the feature itself would stand', () => {
    const platform = toyWith({
      features: {
        supported: {
          acpi: { to: 'machine', property: 'acpi' },
          aia: { to: 'machine', property: 'aia' },
        },
        whenAbsent: { acpi: ({ guest }) => ({ machine: { acpi: `no-${guest.name}` } }) },
        defaults: () => ({}),
        timers: {},
      },
    })
    const more = "<features><aia value='aplic-imsic'/></features>"
    const argv = planToy(toyXml({ more }), false, platform).argv()
    expect(optionOf(argv, '-machine')[0]).toContain('acpi=no-toy64,aia=aplic-imsic')
  })

  it('refuse an emulator that is too old for the guest', () => {
    const { major, minor } = testCapabilities.version
    const platform = (newer: number) =>
      toyWith({
        guests: [
          {
            ...testArch.guests[0],
            oldestEmulator: { version: [major, minor + newer], reason: 'older ones boot nothing' },
          },
        ],
      })
    planToy(toyXml(), false, platform(0))
    expect(() => planToy(toyXml(), false, platform(1))).toThrow(
      `/usr/bin/qemu-system-toy64 is QEMU ${major}.${minor}, and toy64 guests need ${major}.${minor + 1} or newer: older ones boot nothing; name a newer one with <emulator>`,
    )
  })

  it('say how well the CPU must match that they choose', () => {
    const platform = toyWith({
      cpu: { ...testArch.cpu, byDefault: () => ({ mode: 'custom', check: 'none', model: 'toy2' }) },
    })
    const more = "<cpu mode='custom' match='exact' check='partial'/>"
    expect(planToy(toyXml({ more }), false, platform).domain.cpu?.check).toBe('none')
  })

  it('choose a CPU by what the document says beside a model', () => {
    const platform = toyWith({
      cpu: { ...testArch.cpu, byDefault: (_, written) => written && { model: 'toy2' } },
    })
    expect(planToy(toyXml(), false, platform).domain.cpu).toBeUndefined()
    const more = "<cpu><topology sockets='2' cores='1' threads='1'/></cpu>"
    expect(planToy(toyXml({ more }), false, platform).domain.cpu?.model).toBe('toy2')
  })

  it.each([
    [undefined, true, {}],
    [undefined, false, { options: ['-no-acpi'] }],
    [true, true, { machine: { acpi: 'on' } }],
    [true, false, { machine: { acpi: 'off' } }],
    [false, false, {}],
  ])('switch ACPI of a machine that says %s of it to %s', (acpi, on, effects) => {
    const [machine] = testCapabilities.machines
    if (machine === undefined) throw new Error('no machine')
    const told = { ...machine, ...(acpi !== undefined && { acpi }) }
    expect(acpiSwitch(on, { machine: told })).toEqual(effects)
  })

  const mediated = (model: string): string =>
    toyXml({
      devices: `<hostdev mode='subsystem' type='mdev' model='${model}'><source><address uuid='4b20d080-1b54-4048-85b3-a6a62d165c01'/></source></hostdev>`,
    })

  it('tell mediated devices apart by their model', () => {
    const platform = toyWith(
      {
        devices: {
          ...testArch.devices,
          hostdev: { models: { 'mdev:vfio-ap': { driver: 'vfio-ap', bus: 'none' } } },
        },
      },
      ['vfio-ap'],
    )
    const argv = planToy(mediated('vfio-ap'), false, platform).argv()
    expect(optionOf(argv, '-device').some((one) => one.includes('"driver":"vfio-ap"'))).toBe(true)
    expect(() => planToy(mediated('vfio-ccw'), false, platform)).toThrow(
      /host device 'mdev:vfio-ccw' is not offered/,
    )
  })

  it('put virtio devices on the transport of the first one that names it', () => {
    const others = [{ driver: 'virtio-rng-device', bus: 'virtio-mmio' }] as const
    const platform = toyWith(
      {
        devices: {
          ...testArch.devices,
          rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'pci', others } } },
        },
      },
      ['virtio-rng-device'],
    )
    const rng = (address: string): string =>
      `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address}</rng>`
    const types = (first: string): readonly (string | undefined)[] =>
      planToy(toyXml({ devices: rng(first) + rng('') }), false, platform).domain.devices.rng?.map(
        ({ address }) => address?.type,
      ) ?? []
    expect(types("<address type='virtio-mmio'/>")).toEqual(['virtio-mmio', 'virtio-mmio'])
    expect(types('')).toEqual(['pci', 'pci'])
  })

  it('refuse what only a memory backend can be told, where the machine has none', () => {
    const [machine] = testCapabilities.machines
    if (machine === undefined) throw new Error('no machine')
    const { defaultRamId: _, ...plain } = machine
    const platform = {
      arch: testArch,
      capabilities: { ...testCapabilities, machines: [plain] },
    }
    const more = (inner: string): string =>
      toyXml({ more: `<memoryBacking>${inner}</memoryBacking>` })
    expect(() => planToy(more("<access mode='shared'/>"), false, platform)).toThrow(
      /memoryBacking\/access: machine 'toy-1.0' takes no memory backend/,
    )
    expect(() => planToy(more('<nosharepages/>'), false, platform)).toThrow('leave <nosharepages>')
    planToy(more('<locked/>'), false, platform)
    planToy(more("<access mode='shared'/>"))
  })

  it('leave out features with nothing in them', () => {
    const { domain } = planToy(toyXml({ more: '<features></features>' }))
    expect(domain.features).toBeUndefined()
  })

  it('know a QEMU that ends by itself, have it leave a sign, and say what it cannot do', () => {
    const { major, minor } = testCapabilities.version
    const platform = (newer: number) =>
      toyWith(boardWith({ endsItself: { before: [major, minor + newer] } }))
    const more = '<on_poweroff>restart</on_poweroff>'
    const old = planToy(toyXml({ more }), false, platform(1))
    expect(old.argv().slice(-2)).toEqual(['-pidfile', '/run/t/domain-1-x/qemu.pid'])
    expect(old.warnings.map(({ path }) => path)).toContain('on_poweroff')
    const now = planToy(toyXml({ more }), false, platform(0))
    expect(now.argv()).not.toContain('-pidfile')
    expect(now.warnings).toEqual([])
  })

  const bootDisks = (word: string): string =>
    toyXml({
      devices: [
        `<disk type='file'><source file='/a'/><target dev='vda'/><boot order='2' loadparm='two'/></disk>`,
        `<disk type='file'><source file='/b'/><target dev='vdb'/><boot order='1' loadparm='${word}'/></disk>`,
      ].join('\n'),
    })

  it('hand a word to the boot loader of the first boot device', () => {
    const platform = toyWith(boardWith({ offers: ['loadparm'] }))
    const { domain, argv } = planToy(bootDisks('a.1'), false, platform)
    expect(domain.devices.disk?.map(({ bootLoadparm }) => bootLoadparm)).toEqual(['TWO', 'A.1'])
    expect(optionOf(argv(), '-machine')[0]).toMatch(/,loadparm=A\.1$/)
    expect(() => planToy(bootDisks('a_b'), false, platform)).toThrow(
      /devices\/disk\[2\]\/boot\/@loadparm: 'A_B' is not a word for the boot loader/,
    )
  })

  it('keep such a word where nobody hears it, and say so', () => {
    const { domain, warnings } = planToy(bootDisks('a_b'))
    expect(domain.devices.disk?.[1]?.bootLoadparm).toBe('a_b')
    expect(warnings.map(({ path }) => path)).toContain('devices/disk[2]/boot/@loadparm')
  })

  it('encrypt a guest in a way that has no parameters by its name alone', () => {
    const own = boardWith({ offers: ['launch-security:toy-pv'] })
    const more = "<launchSecurity type='toy-pv'/>"
    const argv = planToy(toyXml({ more }), false, toyWith(own, ['toy-pv-guest'])).argv()
    expect(optionOf(argv, '-machine')[0]).toContain(',confidential-guest-support=lsec0')
    expect(argv).toContain('{"qom-type":"toy-pv-guest","id":"lsec0"}')
    expect(() => planToy(toyXml({ more }), false, toyWith(own))).toThrow(/without 'toy-pv-guest'/)
  })
})
