import type { CpuData, CpuModel } from '@polyvirt/core/arch'
import { vendorIds } from './vendors.ts'
import type { Vendor } from './vendors.ts'

/** A core that hosts have. */
interface Core {
  readonly name: string
  readonly vendor?: Vendor
  /** Its `compatible` of the device tree, which Linux prints as `uarch`. */
  readonly compatible?: string
  /** `marchid`, where the maker gave the core one of its own. */
  readonly archId?: bigint
}

/**
 * Cores by QEMU's names where it has them, by the makers' in its way of writing where not.
 *
 * Sources: compatible strings of Linux Documentation/devicetree/bindings/riscv/cpus.yaml; numbers as
 * /proc/cpuinfo of the machines shows them, of veyron-v1 as QEMU's model has them
 * (target/riscv/cpu_vendorid.h). T-Head's first cores all say 0.
 */
const cores: readonly Core[] = [
  { name: 'sifive-e51', vendor: 'SiFive', compatible: 'sifive,e51' },
  { name: 'sifive-u54', vendor: 'SiFive', compatible: 'sifive,u54' },
  // `bullet0` is what the first machines with it call it.
  {
    name: 'sifive-u74',
    vendor: 'SiFive',
    compatible: 'sifive,u74',
    archId: 0x8000_0000_0000_0007n,
  },
  {
    name: 'sifive-p550',
    vendor: 'SiFive',
    compatible: 'sifive,p550',
    archId: 0x8000_0000_0000_0008n,
  },
  { name: 'thead-c906', vendor: 'T-Head', compatible: 'thead,c906' },
  { name: 'thead-c908', vendor: 'T-Head', compatible: 'thead,c908' },
  { name: 'thead-c910', vendor: 'T-Head', compatible: 'thead,c910' },
  { name: 'thead-c920', vendor: 'T-Head', compatible: 'thead,c920' },
  { name: 'andes-ax45mp', vendor: 'Andes', compatible: 'andestech,ax45mp' },
  {
    name: 'spacemit-x60',
    vendor: 'SpacemiT',
    compatible: 'spacemit,x60',
    archId: 0x8000_0000_5800_0001n,
  },
  { name: 'veyron-v1', vendor: 'Ventana', archId: 0x8000_0000_0001_0000n },
  { name: 'xiangshan-nanhu', compatible: 'bosc,nanhu' },
]

/** Models that are no chip: what QEMU makes of the specifications (QEMU target/riscv/cpu.c). */
const specified: readonly string[] = [
  'rv64',
  'rv64i',
  'rv64e',
  'rva22u64',
  'rva22s64',
  'rva23u64',
  'rva23s64',
  'max',
]

/** Chips that only QEMU has: nothing tells them on a host. */
const emulated: readonly CpuModel[] = [{ name: 'shakti-c' }, { name: 'tt-ascalon' }]

export const cpuModels: readonly CpuModel[] = [
  ...specified.map((name) => ({ name })),
  ...cores.map(({ name, vendor }) => ({ name, ...(vendor !== undefined && { vendor }) })),
  ...emulated,
]

export function modelByName(name: string | undefined): CpuModel | undefined {
  return cpuModels.find((one) => one.name === name)
}

/** Other names that device trees have for a core: of its complex, of its first machines. */
const otherCompatibles: Readonly<Record<string, string>> = {
  'sifive,bullet0': 'sifive,u74',
  'sifive,u74-mc': 'sifive,u74',
  'sifive,u54-mc': 'sifive,u54',
}

/** The model of a core that Linux calls so. */
export function modelByCompatible(compatible: string): CpuModel | undefined {
  const name = Object.hasOwn(otherCompatibles, compatible)
    ? otherCompatibles[compatible]
    : compatible
  return modelByName(cores.find((one) => one.compatible === name)?.name)
}

/** The model whose registers these are. */
export function modelByData({
  mvendorid,
  marchid,
  marchid_high: high,
}: CpuData): CpuModel | undefined {
  if (mvendorid === undefined || marchid === undefined) return undefined
  const archId = (BigInt(high ?? 0) << 32n) | BigInt(marchid)
  const found = cores.find(
    ({ vendor, archId: own }) =>
      own === archId && vendor !== undefined && vendorIds[vendor] === mvendorid,
  )
  return modelByName(found?.name)
}

/** Registers that a model is known by; none where its maker gave it no number. */
export function dataOf(name: string): CpuData {
  const core = cores.find((one) => one.name === name)
  if (core?.archId === undefined || core.vendor === undefined) return {}
  return { mvendorid: vendorIds[core.vendor], ...halves('marchid', core.archId) }
}

/** A register of 64 bits as two of 32: the lower one by its name. */
export function halves(name: string, value: bigint): CpuData {
  return { [name]: Number(value & 0xffff_ffffn), [`${name}_high`]: Number(value >> 32n) }
}
