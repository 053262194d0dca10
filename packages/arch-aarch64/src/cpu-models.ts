import type { CpuModel } from '@polyvirt/core/arch'
import { libvirtCores, otherCores } from './cores.ts'
import { midrOf, sameCore } from './midr.ts'
import { boardCpus } from './qemu-cpus.ts'
import { implementers } from './vendors.ts'
import type { Vendor } from './vendors.ts'

/** A model with what its processors say of themselves. */
export interface ArmModel extends CpuModel {
  /** MIDR_EL1 without variant and revision. */
  readonly midr: number
}

function modelOf(vendor: Vendor, part: number, name: string): ArmModel {
  const midr = midrOf({ implementer: implementers[vendor], variant: 0, part, revision: 0 })
  return { name, vendor, midr }
}

const hosts: readonly ArmModel[] = [
  ...libvirtCores.map(([vendor, part, name]) => modelOf(vendor, part, name)),
  ...Object.entries(otherCores).flatMap(([vendor, cores]) =>
    cores.map(([part, name]) => modelOf(vendor as Vendor, part, name)),
  ),
]

/** What QEMU's `max` says of itself: nobody's core, part `Q` (target/arm/tcg/cpu64.c). */
const widestMidr = midrOf({ implementer: 0, variant: 0, part: 0x051, revision: 0 })

/** QEMU's names of the same cores where they differ in case only, and `max`. */
const guests: readonly ArmModel[] = boardCpus.flatMap(({ name }) => {
  if (hosts.some((one) => one.name === name)) return []
  const same = hosts.find((one) => one.name.toLowerCase() === name)
  return [{ midr: widestMidr, ...same, name }]
})

/** Cores that hosts have by libvirt's names, then those that only guests know by QEMU's. */
export const cpuModels: readonly ArmModel[] = [...hosts, ...guests]

export function modelByName(name: string | undefined): ArmModel | undefined {
  return cpuModels.find((one) => one.name === name)
}

/** The model with this register, out of these names where some are given. */
export function modelByMidr(midr: number, names?: readonly string[]): ArmModel | undefined {
  return cpuModels.find((one) => names?.includes(one.name) !== false && sameCore(one.midr, midr))
}

/** Two names of one core: `Neoverse-N1` of a host is `neoverse-n1` of QEMU's. */
export function isSameModel(a: string, b: string): boolean {
  if (a === b) return true
  const midr = modelByName(a)?.midr
  return midr !== undefined && midr === modelByName(b)?.midr
}
