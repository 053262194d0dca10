import { deepStrictEqual, ok } from 'node:assert'
import { defineArch, type DeviceModel, type DeviceRow } from '@polyvirt/core/arch'
import type { ArchLaw } from './arch-law.ts'
import { cpuLaws } from './cpu-laws.ts'
import { cpuVerbLaws } from './cpu-verb-laws.ts'
import { hostLaws } from './host-laws.ts'
import { offeredByTables } from './offered.ts'

/** Everything that holds for an architecture as such. */
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
  ...cpuLaws,
  ...cpuVerbLaws,
  ...hostLaws,
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
    name: 'each other way to attach a device is one that a recorded QEMU has',
    check({ devices }, { capabilities }) {
      if (capabilities.length === 0) return
      const known = new Set(capabilities.flatMap((one) => one.devices))
      const has = ({ driver, type }: Pick<DeviceModel, 'driver' | 'type'>): boolean =>
        driver === undefined || known.has(type ?? driver)
      const models = Object.values(devices as Readonly<Record<string, DeviceRow>>).flatMap((row) =>
        Object.values(row.models),
      )
      // A model that this QEMU lacks altogether is newer than the recording.
      const slips = models
        .filter(has)
        .flatMap(({ others = [] }) => others.filter((one) => !has(one)))
      deepStrictEqual(
        slips.map(({ driver }) => driver),
        [],
      )
    },
  },
  {
    name: 'each model of its allow-list, each feature and each timer is reached by a scenario',
    check(arch, { scenarios }) {
      const reached = new Set<string>(scenarios.flatMap(({ uses }) => uses))
      deepStrictEqual(
        offeredByTables(arch).filter((one) => !reached.has(one)),
        [],
      )
    },
  },
]
