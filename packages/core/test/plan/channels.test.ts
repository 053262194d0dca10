import { describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import type { Problem } from '../../src/errors.ts'
import { alsoOnMmio, defineArch, onChannels, pciRows } from '../../src/arch/index.ts'
import type { DeviceModel } from '../../src/arch/index.ts'
import { formatDomain } from '../../src/index.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

const threeWays = (driver: string): DeviceModel => ({
  driver: `${driver}-ccw`,
  bus: 'ccw',
  others: [
    { driver: `${driver}-pci`, bus: 'pci' },
    { driver: `${driver}-device`, bus: 'virtio-mmio' },
  ],
})

const [profile] = testArch.machine.profiles

/** The toy platform with its virtual devices on channels, and ids for its PCI functions. */
const arch = defineArch({
  ...testArch,
  devices: {
    ...testArch.devices,
    disk: { models: { virtio: threeWays('virtio-blk'), scsi: { bus: 'drive' } } },
    interface: {
      default: ['virtio'],
      models: { virtio: threeWays('virtio-net'), e1000: { driver: 'e1000', bus: 'pci' } },
    },
    'controller:virtio-serial': { models: { '': threeWays('virtio-serial') } },
    rng: { models: { virtio: threeWays('virtio-rng') } },
    memballoon: { models: { virtio: threeWays('virtio-balloon'), none: { bus: 'none' } } },
  },
  machine: {
    ...testArch.machine,
    profiles: [
      {
        ...profile,
        channels: { cssid: 0xfe, ssid: 0 },
        pci: {
          root: 'pci-root',
          grow: 'pci-bridge',
          occupied: [{ slot: 0, function: 0 }],
          places: [],
          idDevice: 'zpci',
        },
        implicit: profile.implicit.filter(
          ({ kind, device }) =>
            kind === 'memballoon' ||
            (kind === 'controller' && (device as { type: string }).type === 'pci'),
        ),
      },
    ],
  },
})

const forms = ['blk', 'net', 'serial', 'rng', 'balloon'].flatMap((name) =>
  ['ccw', 'pci', 'device'].map((form) => `virtio-${name}-${form}`),
)
const platform = {
  arch,
  capabilities: { ...testCapabilities, devices: [...testCapabilities.devices, ...forms, 'zpci'] },
}

const disk = (more = '', target = 'vda'): string =>
  `<disk type='block' device='disk'><source dev='/dev/null'/><target dev='${target}' bus='virtio'/>${more}</disk>`
const card = (model: string, more = ''): string =>
  `<interface type='user'><mac address='52:54:00:00:00:77'/><model type='${model}'/>${more}</interface>`
const rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
const channel = "<channel type='null'><target type='virtio' name='org.example'/></channel>"

const plan = (devices: string) => planToy(toyXml({ devices }), false, platform)

function problemsOf(devices: string): readonly Problem[] {
  try {
    plan(devices)
  } catch (error) {
    if (error instanceof DomainError) return error.problems
    throw error
  }
  return []
}

const deviceOptions = (argv: readonly string[]): Record<string, unknown>[] =>
  argv.flatMap((value, i) =>
    argv[i - 1] === '-device' && value.startsWith('{')
      ? [JSON.parse(value) as Record<string, unknown>]
      : [],
  )

describe('devices of a channel subsystem', () => {
  it('get device numbers from 0 up, kind by kind', () => {
    const { domain } = plan(rng + channel + card('virtio') + disk() + disk('', 'vdb'))
    const { devices } = domain
    const numbers = (list: readonly { address?: unknown }[] | undefined) =>
      (list ?? []).map(({ address }) => (address as { devno?: number }).devno)
    expect(numbers(devices.disk)).toEqual([0, 1])
    expect(numbers(devices.interface)).toEqual([2])
    expect(
      numbers((devices.controller ?? []).filter(({ type }) => type === 'virtio-serial')),
    ).toEqual([3])
    expect(numbers(devices.memballoon)).toEqual([4])
    expect(numbers(devices.rng)).toEqual([5])
  })

  it('pass over the numbers that the document gives', () => {
    const given = disk("<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0000'/>", 'vdb')
    const { domain } = plan(disk() + given)
    expect(domain.devices.disk?.map(({ address }) => (address as { devno: number }).devno)).toEqual(
      [1, 0],
    )
  })

  it('are told to QEMU by their number', () => {
    const found = deviceOptions(plan(disk()).argv()).find(({ id }) => id === 'virtio-disk0')
    expect(found).toMatchObject({ driver: 'virtio-blk-ccw', devno: 'fe.0.0000' })
  })

  it('are refused in a subsystem that is not the machine’s', () => {
    const problems = problemsOf(
      disk("<address type='ccw' cssid='0xfd' ssid='0x0' devno='0x0001'/>"),
    )
    expect(problems).toMatchObject([
      { code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices/disk[1]/address/@cssid' },
    ])
  })

  it('keep their numbers when the definition is planned again', () => {
    const once = plan(disk() + card('e1000') + rng)
    const text = formatDomain(once.domain)
    expect(formatDomain(planToy(text, false, platform).domain)).toBe(text)
  })
})

describe('a device with several ways to be attached', () => {
  it('is a PCI device where the document gives it a slot', () => {
    const argv = plan(disk("<address type='pci' domain='0' bus='0' slot='5' function='0'/>")).argv()
    const found = deviceOptions(argv).find(({ id }) => id === 'virtio-disk0')
    expect(found).toMatchObject({ driver: 'virtio-blk-pci', bus: 'pci.0', addr: '0x5' })
  })

  it('is on the board’s own transport where the document says so', () => {
    const argv = plan(disk("<address type='virtio-mmio'/>")).argv()
    const found = deviceOptions(argv).find(({ id }) => id === 'virtio-disk0')
    expect(found).toMatchObject({ driver: 'virtio-blk-device' })
    expect(found).not.toHaveProperty('devno')
  })

  it('is refused where no way has such an address', () => {
    const problems = problemsOf(disk("<address type='spapr-vio' reg='0x1000'/>"))
    expect(problems).toMatchObject([{ path: 'devices/disk[1]/address/@type' }])
  })
})

describe('ids of PCI functions', () => {
  it('count up, and go to QEMU before the function', () => {
    const argv = plan(card('e1000') + card('e1000')).argv()
    const all = deviceOptions(argv)
    const at = all.findIndex(({ id }) => id === 'net1')
    expect(all[at - 1]).toEqual({ driver: 'zpci', uid: 2, fid: 1, target: 'net1', id: 'zpci2' })
  })

  it('of the document stay, and are passed over', () => {
    const given = card(
      'e1000',
      "<address type='pci' domain='0' bus='0' slot='4' function='0'><zpci uid='0x0001' fid='0x00000000'/></address>",
    )
    const { domain } = plan(card('e1000') + given)
    expect(domain.devices.interface?.map(({ address }) => address)).toMatchObject([
      { uid: 2, fid: 1 },
      { uid: 1, fid: 0 },
    ])
    expect(formatDomain(domain)).toContain("<zpci uid='0x0001' fid='0x00000000'/>")
  })

  it('are refused where two functions have one in common', () => {
    const given = (slot: number) =>
      card(
        'e1000',
        `<address type='pci' domain='0' bus='0' slot='${slot}' function='0'><zpci uid='0x0007'/></address>`,
      )
    expect(problemsOf(given(4) + given(5))).toMatchObject([
      { code: 'ERR_XML_ERROR', path: 'devices/interface[2]/address/zpci/@uid' },
    ])
  })

  it('are refused on a platform without them', () => {
    const given = card(
      'e1000',
      "<address type='pci' domain='0' bus='0' slot='4' function='0'><zpci uid='0x0001'/></address>",
    )
    expect(() => planToy(toyXml({ devices: given }))).toThrow(/leave <zpci> out/)
  })
})

describe('rows of another transport', () => {
  it('put virtio devices on channels, and on PCI where the document says so', () => {
    expect(onChannels(pciRows).rng?.models['virtio']).toEqual({
      driver: 'virtio-rng-ccw',
      bus: 'ccw',
      others: [{ driver: 'virtio-rng-pci', bus: 'pci' }],
    })
  })

  it('let virtio devices be on the board’s own transport as well', () => {
    expect(alsoOnMmio(pciRows).rng?.models['virtio']).toEqual({
      driver: 'virtio-rng-pci',
      bus: 'pci',
      others: [{ driver: 'virtio-rng-device', bus: 'virtio-mmio' }],
    })
    expect(alsoOnMmio(pciRows).hostdev?.models['scsi_host']?.others).toEqual([
      { driver: 'vhost-scsi', bus: 'virtio-mmio' },
    ])
  })

  it('leave devices alone that are not virtio', () => {
    expect(onChannels(pciRows).shmem).toEqual(pciRows.shmem)
    expect(onChannels(pciRows).memballoon?.models['none']).toEqual({ bus: 'none' })
  })

  it('a card with queues has interrupts of its own only on PCI', () => {
    const queues = "<driver name='vhost' queues='3'/>"
    const argv = (more: string) =>
      planToy(toyXml({ devices: card('virtio', queues + more) }), false, platform)
        .argv()
        .find((value) => value.includes('"mq":true'))
    expect(argv('')).not.toContain('vectors')
    const slot = "<address type='pci' domain='0' bus='0' slot='3' function='0'/>"
    expect(argv(slot)).toContain('"mq":true,"vectors":8')
  })

  it('an address that says only its type chooses PCI, and keeps the ids it has', () => {
    const xml = card('virtio', "<address type='pci'><zpci uid='0x5' fid='0x9'/></address>")
    const next = card('virtio', "<address type='pci'/>").replace('77', '78')
    const { domain } = planToy(toyXml({ devices: xml + next }), false, platform)
    expect(domain.devices.interface?.map(({ address }) => address)).toEqual([
      { type: 'pci', domain: 0, bus: 0, slot: 1, function: 0, uid: 5, fid: 9 },
      { type: 'pci', domain: 0, bus: 0, slot: 2, function: 0, uid: 1, fid: 0 },
    ])
  })

  it('an address that says only its type is none where there is no choice', () => {
    const xml = `<disk type='block'><source dev='/dev/null'/><target dev='sda' bus='scsi'/><address type='pci'/></disk>`
    const { domain } = planToy(toyXml({ devices: xml }), false, platform)
    expect(domain.devices.disk?.[0]?.address?.type).toBe('drive')
  })
})
