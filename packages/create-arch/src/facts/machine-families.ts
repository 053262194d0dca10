import type { QemuCapabilities } from '@polyvirt/core'

/** Machine types that differ by version only: `virt` of `virt-7.2`, `virt-7.1`, … */
export interface MachineFamily {
  readonly name: string
  /** The type to ask about: the alias where there is one. */
  readonly machine: string
  /** Every type of the family, newest last, aliases included. */
  readonly types: readonly string[]
  readonly versioned: boolean
  readonly cpuMax: number
  readonly defaultCpuType?: string
  readonly isDefault: boolean
  /** Its memory may be a backend that is shared with others. */
  readonly takesBackend: boolean
}

type Machine = QemuCapabilities['machines'][number]

/** The families of an emulator's machines, the likeliest to be wanted first. */
export function machineFamilies(machines: readonly Machine[]): readonly MachineFamily[] {
  const real = machines.filter(({ name }) => name !== 'none')
  const families = Map.groupBy(real, familyName)
  return [...families].map(([name, members]) => familyOf(name, members)).toSorted(byPromise)
}

/** `virt` of `virt-7.2`: a version is what follows the last dash, numbers with a point. */
function familyName({ name }: Machine): string {
  return name.replace(/-\d+(?:\.\d+)+$/, '')
}

function familyOf(name: string, members: readonly Machine[]): MachineFamily {
  const types = members.map((one) => one.name).toSorted(byVersion)
  const alias = members.find((one) => one.alias === name)?.alias
  const newest = members.find((one) => one.name === types.at(-1))
  return {
    name,
    machine: alias ?? newest?.name ?? name,
    types: alias === undefined ? types : [...types, alias],
    versioned: members.some((one) => one.name !== name),
    cpuMax: Math.max(...members.map((one) => one.cpuMax)),
    ...(newest?.defaultCpuType === undefined ? {} : { defaultCpuType: newest.defaultCpuType }),
    isDefault: members.some((one) => one.isDefault),
    takesBackend: newest?.defaultRamId !== undefined,
  }
}

/** `virt-2.9` before `virt-2.10`. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/**
 * QEMU's generic board is made for guests; then its default, which often is the oldest; then what
 * runs most CPUs.
 */
function byPromise(a: MachineFamily, b: MachineFamily): number {
  const rank = (one: MachineFamily): number => (one.name === 'virt' ? 0 : one.isDefault ? 1 : 2)
  return rank(a) - rank(b) || b.cpuMax - a.cpuMax || a.name.localeCompare(b.name, 'en')
}
