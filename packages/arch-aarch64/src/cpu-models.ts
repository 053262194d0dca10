import type { CpuModel } from '@polyvirt/core/arch'
import { libvirtCores, otherCores } from './cores.ts'
import { midrMask, midrOf, sameCore } from './midr.ts'
import { boardCpus } from './qemu-cpus.ts'
import { implementers } from './vendors.ts'
import type { Vendor } from './vendors.ts'

function modelOf(vendor: Vendor, part: number, name: string): CpuModel {
  const value = midrOf({ implementer: implementers[vendor], variant: 0, part, revision: 0 })
  return { name, vendor, pvrs: [{ value: (value & midrMask) >>> 0, mask: midrMask }] }
}

const hosts: readonly CpuModel[] = [
  ...libvirtCores.map(([vendor, part, name]) => modelOf(vendor, part, name)),
  ...Object.entries(otherCores).flatMap(([vendor, cores]) =>
    cores.map(([part, name]) => modelOf(vendor as Vendor, part, name)),
  ),
]

/** QEMU's names of the same cores where they differ in case only, and `max`, which is none. */
const guests: readonly CpuModel[] = boardCpus.flatMap(({ name }) => {
  if (hosts.some((one) => one.name === name)) return []
  const same = hosts.find((one) => one.name.toLowerCase() === name)
  return [{ ...same, name }]
})

/** Cores that hosts have by libvirt's names, then those that only guests know by QEMU's. */
export const cpuModels: readonly CpuModel[] = [...hosts, ...guests]

export function modelByName(name: string | undefined): CpuModel | undefined {
  return cpuModels.find((one) => one.name === name)
}

/** The model with this register, out of these names where some are given. */
export function modelByMidr(midr: number, names?: readonly string[]): CpuModel | undefined {
  return cpuModels.find(
    ({ name, pvrs }) =>
      names?.includes(name) !== false && pvrs?.some(({ value }) => sameCore(value, midr)) === true,
  )
}

/** Two names of one core: `Neoverse-N1` of a host is `neoverse-n1` of QEMU's. */
export function isSameModel(a: string, b: string): boolean {
  if (a === b) return true
  const [first, second] = [modelByName(a), modelByName(b)].map((one) => one?.pvrs?.[0]?.value)
  return first !== undefined && first === second
}
