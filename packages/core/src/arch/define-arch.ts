import { domainError } from '../errors.ts'
import type { Arch } from './arch.ts'
import { rowKey } from '../plan/allow-list.ts'
import type { DeviceRow } from './device-allow-list.ts'

/**
 * Checks an architecture's tables against each other and freezes it: a row for a machine that does
 * not exist, a default that is not in its row, an implicit device that the allow-list refuses.
 * Arch packages export `defineArch({ … })`, so a slip fails at import, with its place.
 */
export function defineArch(arch: Arch): Arch {
  const slips = [
    ...checkProfiles(arch),
    ...checkDevices(arch),
    ...checkImplicit(arch),
    ...checkFeatures(arch),
  ]
  if (slips.length > 0) {
    throw domainError('ERR_INVALID_ARG', `arch '${arch.name}': ${slips.join('; ')}`)
  }
  return deepFreeze(arch)
}

function checkProfiles(arch: Arch): string[] {
  const { machine } = arch
  const slips: string[] = []
  if (!machine.profiles.some((profile) => profile.pattern.test(machine.default))) {
    slips.push(`no machine profile matches the default '${machine.default}'`)
  }
  const names = machine.profiles.map((profile) => profile.name)
  for (const name of names) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) slips.push(`two profiles named '${name}'`)
  }
  return slips
}

function checkDevices(arch: Arch): string[] {
  const profiles = new Set(arch.machine.profiles.map((profile) => profile.name))
  const slips: string[] = []
  for (const [name, row] of Object.entries<DeviceRow>(arch.devices as Record<string, DeviceRow>)) {
    const defaults = [...(row.default ?? []), ...Object.values(row.defaultOn ?? {}).flat()]
    for (const model of defaults) {
      if (!(model in row.models)) slips.push(`devices.${name}: default '${model}' is not a model`)
    }
    for (const profile of Object.keys(row.defaultOn ?? {})) {
      if (!profiles.has(profile)) slips.push(`devices.${name}: no machine profile '${profile}'`)
    }
    for (const [model, { machines }] of Object.entries(row.models)) {
      for (const machine of machines ?? []) {
        if (!profiles.has(machine)) {
          slips.push(`devices.${name}.${model}: no machine profile '${machine}'`)
        }
      }
    }
  }
  return slips
}

/** What the board adds by itself must be offered, or every domain of it would be refused. */
function checkImplicit({ machine, devices }: Arch): string[] {
  return machine.profiles.flatMap(({ name, implicit }) =>
    implicit.flatMap(({ kind, device }) => {
      const at = rowKey(kind, device)
      // A kind without rows, or a device that gets its model from the defaults.
      if (at === undefined || (at.key === '' && !at.row.startsWith('controller:'))) return []
      const model = devices[at.row]?.models[at.key]
      if (model !== undefined && (model.machines ?? [name]).includes(name)) return []
      const what = at.key === '' ? '' : ` '${at.key}'`
      return [
        `machine '${name}' has an implicit ${at.what}${what} that devices.${at.row} does not offer`,
      ]
    }),
  )
}

function checkFeatures(arch: Arch): string[] {
  const profiles = new Set(arch.machine.profiles.map((profile) => profile.name))
  return Object.entries(arch.features.supported).flatMap(([name, row]) =>
    (row.only?.machines ?? [])
      .filter((machine) => !profiles.has(machine))
      .map((machine) => `features.${name}: no machine profile '${machine}'`),
  )
}

function deepFreeze<T>(value: T): T {
  if (
    typeof value !== 'object' ||
    value === null ||
    value instanceof RegExp ||
    Object.isFrozen(value)
  ) {
    return value
  }
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
