import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import {
  defineArch,
  type Arch,
  type DeviceRow,
  type HostFiles,
  type QemuCapabilities,
} from '@polyvirt/core/arch'
import type { Scenario } from './scenario.ts'
import { nowhere } from './target.ts'

/** Something that holds for an architecture as such, whatever the domain. */
export interface ArchLaw {
  readonly name: string
  readonly check: (arch: Arch, known: KnownToSuite) => void
}

/** What a law may look at besides the architecture. */
export interface KnownToSuite {
  readonly scenarios: readonly Scenario[]
  /** Of every emulator that was recorded. */
  readonly capabilities: readonly QemuCapabilities[]
}

const emptyHost: HostFiles = { read: () => undefined, list: () => [] }

export const archLaws: readonly ArchLaw[] = [
  {
    name: 'its tables agree with each other',
    check: (arch) => void defineArch(arch),
  },
  {
    name: 'its guests have names of their own',
    check({ guests }) {
      const names = guests.map(({ name }) => name)
      deepStrictEqual([...new Set(names)], names)
      for (const { emulators, emulatorPackage } of guests) {
        ok(emulatorPackage !== '', 'the package with the emulator has a name')
        for (const name of emulators) ok(!name.includes('/'), `emulator '${name}' is a plain name`)
      }
    },
  },
  {
    name: 'each CPU model is in the list once',
    check({ cpu }) {
      const names = cpu.models.map(({ name }) => name)
      deepStrictEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
      )
    },
  },
  {
    name: 'a host can run its own CPU',
    check({ cpu }) {
      for (const { name } of cpu.models) {
        const one = { mode: 'custom', model: name } as const
        strictEqual(cpu.compare(one, one).result, 'identical', `${name} compared with itself`)
      }
    },
  },
  {
    name: 'a baseline runs on every CPU it was made from',
    check({ cpu }) {
      const models = cpu.models.map(({ name }) => ({ mode: 'custom', model: name }) as const)
      for (const [index, first] of models.entries()) {
        for (const second of models.slice(index, index + 8)) {
          const baseline = cpu.baseline([first, second])
          if ('problem' in baseline) continue
          for (const host of [first, second]) {
            const { result, reason } = cpu.compare(host, baseline.cpu)
            ok(
              result !== 'incompatible',
              `the baseline of ${first.model} and ${second.model} does not run on ${host.model}: ${reason}`,
            )
          }
        }
      }
    },
  },
  {
    name: 'what its CPU driver refuses has a place and a message',
    check({ cpu, guests, machine }, { capabilities: [capabilities] }) {
      const found = capabilities?.machines.find(({ name, alias }) =>
        machine.profiles.some(({ pattern }) => pattern.test(name) || pattern.test(alias ?? '')),
      )
      if (capabilities === undefined || found === undefined) return
      const problems = cpu.check(
        { mode: 'custom', match: 'exact', model: 'No-Such-CPU' },
        {
          guest: guests[0],
          machine: found,
          capabilities,
          host: nowhere,
          virtType: 'qemu',
          features: {},
        },
      )
      ok(problems.length > 0, 'a CPU that nobody has is refused')
      for (const { path, message } of problems) {
        ok(path !== undefined && path !== '', `'${message}' has no place`)
        ok(message !== '', `the problem at ${path} has no message`)
      }
    },
  },
  {
    name: 'its host reader survives a host that tells nothing',
    check({ host, guests }) {
      const info = host.read(emptyHost)
      ok(host.machines.length > 0)
      strictEqual(typeof info.arch, 'string')
      ok(info.topology.cpus >= 0 && info.memoryKiB >= 0)
      ok(guests.length > 0)
    },
  },
  {
    name: 'each row of its allow-list has a model that a recorded QEMU has',
    check({ devices }, { capabilities }) {
      if (capabilities.length === 0) return
      const known = new Set(capabilities.flatMap((one) => one.devices))
      // Single models may be newer than the recording; a whole row without any is a slip.
      const empty = Object.entries(devices as Readonly<Record<string, DeviceRow>>).filter(
        ([, { models }]) =>
          Object.values(models).every(
            ({ driver, type }) => driver !== undefined && !known.has(type ?? driver),
          ),
      )
      deepStrictEqual(
        empty.map(([row]) => row),
        [],
      )
    },
  },
  {
    name: 'each model of its allow-list, each feature and each timer is reached by a scenario',
    check(arch, { scenarios }) {
      const reached = new Set<string>(scenarios.flatMap(({ uses }) => uses))
      const wanted = [
        ...Object.entries(arch.devices as Readonly<Record<string, DeviceRow>>).flatMap(
          ([row, { models }]) => Object.keys(models).map((key) => `device:${row}/${key}`),
        ),
        ...Object.keys(arch.features.supported).map((name) => `feature:${name}`),
        ...Object.keys(arch.features.timers).map((name) => `timer:${name}`),
      ]
      deepStrictEqual(
        wanted.filter((one) => !reached.has(one) && !beyondReach.has(one)),
        [],
      )
    },
  },
]

/** What no small document can ask for: the machine's own root, or something of the host. */
const beyondReach = new Set([
  'device:controller:pci/pci-root',
  'device:controller:pci/pcie-root',
  'device:input/virtio:passthrough',
  'device:channel/guestfwd',
])
