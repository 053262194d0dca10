import { sysText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'
import { modelByMidr } from '../cpu-models.ts'
import { readMidr, sameCore } from '../midr.ts'
import { vendorOf } from '../vendors.ts'
import type { CpuinfoProcessor } from './cpuinfo.ts'

/** Cores of one kind, whatever their revision: a machine may have several (big.LITTLE). */
export interface CoreKind {
  readonly midr: number
  /** libvirt's name, or what the register says where there is none. */
  readonly name: string
  readonly model?: string
  readonly vendor?: string
  /** Numbers of the CPUs that are online, rising. */
  readonly cpus: readonly number[]
}

/** The kinds of cores that this machine has, in the order in which they are first met. */
export function readCoreKinds(
  files: HostFiles,
  processors: readonly CpuinfoProcessor[],
  online: readonly number[],
): readonly CoreKind[] {
  const kinds: { midr: number; cpus: number[] }[] = []
  const told = new Map(processors.map((one) => [one.id, one.midr]))
  for (const id of online.length > 0 ? online : told.keys()) {
    const midr = identification(files, id) ?? told.get(id)
    if (midr === undefined) continue
    const known = kinds.find((kind) => sameCore(kind.midr, midr))
    if (known === undefined) kinds.push({ midr, cpus: [id] })
    else known.cpus.push(id)
  }
  return kinds.map(({ midr, cpus }) => describe(midr, cpus))
}

/** The register as the kernel read it on that CPU (Documentation/arch/arm64/cpu-feature-registers.rst). */
function identification(files: HostFiles, cpu: number): number | undefined {
  const path = `/sys/devices/system/cpu/cpu${cpu}/regs/identification/midr_el1`
  const hex = /^0x0{0,8}([0-9a-f]{8})$/i.exec(sysText(files, path) ?? '')?.[1]
  const midr = hex === undefined ? 0 : Number.parseInt(hex, 16)
  return midr === 0 ? undefined : midr
}

function describe(midr: number, cpus: readonly number[]): CoreKind {
  const model = modelByMidr(midr)
  const { implementer, part } = readMidr(midr)
  const vendor = model?.vendor ?? vendorOf(implementer)
  const numbers = `${vendor ?? `implementer ${hexOf(implementer)}`}, part ${hexOf(part)}`
  return {
    midr,
    name: model?.name ?? numbers,
    ...(model !== undefined && { model: model.name }),
    ...(vendor !== undefined && { vendor }),
    cpus,
  }
}

const hexOf = (value: number): string => `0x${value.toString(16)}`
