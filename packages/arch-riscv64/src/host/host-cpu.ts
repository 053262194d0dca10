import { deviceTree, treeStrings } from '@polyvirt/core/arch'
import type { CpuData, CpuModel, HostCpu, HostFiles } from '@polyvirt/core/arch'
import { halves, modelByCompatible, modelByData } from '../cpu-models.ts'
import { registerOf } from './cpuinfo.ts'
import type { Cpuinfo, CpuinfoHart } from './cpuinfo.ts'
import { parseIsa } from '../isa-string.ts'
import { vendorOf } from '../vendors.ts'

/** The processor, and what of it could not be understood. */
export interface ReadCpu {
  readonly cpu: HostCpu
  readonly warnings: readonly string[]
}

/**
 * The core by its name in the device tree, which tells more than its registers: many makers give all
 * their cores the same numbers. Extensions are those that every hart has.
 */
export function readCpu(files: HostFiles, { harts }: Cpuinfo): ReadCpu {
  const [first = {}] = harts
  const compatible = first['uarch'] ?? treeName(files)
  const registers = registersOf(first)
  const model =
    (compatible === undefined ? undefined : modelByCompatible(compatible)) ?? modelByData(registers)
  const vendor = model?.vendor ?? vendorOf(registers['mvendorid'] ?? 0)
  const { features, warnings } = extensionsOf(harts)
  if (harts.length > 0 && model === undefined && isAChip(compatible, registers))
    warnings.push(`no CPU model is known for ${compatible ?? 'these registers'}`)
  return {
    cpu: {
      ...namesOf(model, vendor),
      ...(compatible !== undefined && { description: compatible }),
      features,
      ...(Object.keys(registers).length > 0 && { registers }),
      // Nothing in the architecture tells how fast a hart runs, nor does the kernel.
      mhz: 0,
    },
    warnings,
  }
}

function namesOf(model: CpuModel | undefined, vendor: string | undefined): Partial<HostCpu> {
  return {
    ...(model !== undefined && { model: model.name }),
    ...(vendor !== undefined && { vendor }),
  }
}

/** QEMU's own CPUs have no maker and no name, and nothing is missing there. */
function isAChip(compatible: string | undefined, { mvendorid }: CpuData): boolean {
  return compatible !== undefined || (mvendorid !== undefined && mvendorid !== 0)
}

/** What the first hart's node is called beside `riscv`, which all are. */
function treeName(files: HostFiles): string | undefined {
  const node = files.list(`${deviceTree}/cpus`).find((name) => /^cpu@[0-9a-f]+$/.test(name))
  if (node === undefined) return undefined
  return treeStrings(files, `cpus/${node}/compatible`).find((name) => name !== 'riscv')
}

function registersOf(hart: CpuinfoHart): CpuData {
  const vendor = registerOf(hart['mvendorid'])
  const wide = (name: string): CpuData => {
    const value = registerOf(hart[name])
    return value === undefined ? {} : halves(name, value)
  }
  return {
    ...(vendor !== undefined && { mvendorid: Number(vendor & 0xffff_ffffn) }),
    ...wide('marchid'),
    ...wide('mimpid'),
  }
}

/** `isa` is what all harts have since Linux 6.6, and each one's own before. */
function extensionsOf(harts: readonly CpuinfoHart[]): { features: string[]; warnings: string[] } {
  const texts = new Set(harts.flatMap(({ isa }) => isa ?? []))
  const warnings: string[] = []
  const all = [...texts].flatMap((text) => {
    const isa = parseIsa(text)
    if (isa === undefined) warnings.push('/proc/cpuinfo has an isa that is not one of RISC-V')
    return isa === undefined ? [] : [isa.extensions]
  })
  const [first = [], ...others] = all
  if (others.length > 0) warnings.push('not all processors have the same extensions')
  return { features: first.filter((name) => others.every((one) => one.includes(name))), warnings }
}
