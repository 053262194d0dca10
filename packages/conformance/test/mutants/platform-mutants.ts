import type { Arch, DeviceAllowList, MachineProfile, Rule } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'
import type { Mutant } from './mutant.ts'

const [toy] = minimalArch.machine.profiles
const [toy64] = minimalArch.guests
const channels = { cssid: 0xfe, ssid: 0 } as const

const withProfile = (profile: Partial<MachineProfile>, devices: DeviceAllowList = {}): Arch => ({
  ...minimalArch,
  devices: { ...minimalArch.devices, ...devices },
  machine: { ...minimalArch.machine, profiles: [{ ...toy, ...profile }] },
})

const withRule = (check: Rule['check']): Arch => ({
  ...minimalArch,
  machine: { ...minimalArch.machine, rules: [{ name: 'mutant', check }] },
})

const channelRng: DeviceAllowList = {
  rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'ccw' } } },
}

/** What is wrong with a board, its buses, its firmware or the QEMU that it wants. */
export const platformMutants: readonly Mutant[] = [
  {
    flaw: 'a device is to be a channel device on a board without channels',
    arch: withProfile({}, channelRng),
    caughtBy: 'rng/random',
    because: /rng/,
  },
  {
    flaw: 'the board has a device in another channel subsystem than its own',
    arch: withProfile(
      {
        channels,
        implicit: [
          ...toy.implicit,
          {
            kind: 'rng',
            device: {
              model: 'virtio',
              backend: 'random',
              source: '/dev/urandom',
              address: { type: 'ccw', cssid: 0, ssid: 0, devno: 1 },
            },
            reason: 'entropy is good',
          },
        ],
      },
      channelRng,
    ),
    caughtBy: 'identity/named',
    because: /subsystem/,
  },
  {
    flaw: 'a device may be attached in another way, by a driver that nobody has',
    arch: withProfile(
      {},
      {
        rng: {
          models: {
            virtio: {
              driver: 'virtio-rng-pci',
              bus: 'pci',
              others: [{ driver: 'virtio-rng-pigeon', bus: 'virtio-mmio' }],
            },
          },
        },
      },
    ),
    caughtBy: 'laws > each other way to attach a device',
    because: /virtio-rng-pigeon/,
  },
  {
    flaw: 'PCI functions get their ids from a device that nobody has',
    arch: withProfile({
      pci: { ...toy.pci, idDevice: 'no-such-zpci' } as MachineProfile['pci'] & {},
    }),
    caughtBy: 'rng/random',
    because: /no-such-zpci/,
  },
  {
    flaw: 'the emulator that it was recorded with is too old for it',
    arch: {
      ...minimalArch,
      guests: [{ ...toy64, oldestEmulator: { version: [99, 0], reason: 'nothing is enough' } }],
    },
    caughtBy: 'identity/named',
    because: /this is offered, but was refused: .*99\.0/s,
  },
  {
    flaw: 'NUMA is refused as if it were something else',
    arch: withRule(({ domain }) =>
      domain.cpu?.numa === undefined
        ? []
        : [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'memory', message: 'one node is plenty' }],
    ),
    caughtBy: 'numa/distances',
    because: /one node is plenty/,
  },
  {
    flaw: 'firmware that is asked for is refused at a place that has nothing to do with it',
    arch: withRule(({ domain }) =>
      domain.os.loader === undefined
        ? []
        : [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices', message: 'we have our own' }],
    ),
    caughtBy: 'firmware/rom',
    because: /we have our own/,
  },
  {
    flaw: 'a thread for a disk is forgotten by its machine’s rules',
    arch: withRule(({ domain }) => {
      for (const disk of domain.devices.disk ?? []) {
        if (disk.iothread !== undefined) throw new RangeError('what is a thread?')
      }
      return []
    }),
    caughtBy: 'disk/io-thread',
    because: /what is a thread/,
  },
  {
    flaw: 'the machine says something to QEMU that it does not know itself',
    arch: {
      ...minimalArch,
      machine: {
        ...minimalArch.machine,
        effects: () => ({ machine: { warp: `${Number.NaN}` } }),
      },
    },
    caughtBy: 'identity/named',
    because: /holds a value that is none/,
  },
  {
    flaw: 'memory is handed out in steps of nothing',
    arch: withProfile({ memoryStepKiB: 0 }),
    caughtBy: 'identity/named',
    because: /NaN|memory/i,
  },
  {
    flaw: 'a balloon is promised by the board and taken away by its rules',
    arch: withRule(({ domain }) =>
      (domain.devices.memballoon ?? []).length > 0
        ? [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices/memballoon[1]', message: 'no air' }]
        : [],
    ),
    caughtBy: 'balloon/default',
    because: /no air/,
  },
]
