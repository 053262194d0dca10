import type { CpuModel } from '@polyvirt/core/arch'
import type { ModelRow } from './model-row.ts'
import { amdModels } from './models/amd.ts'
import { genericModels } from './models/generic.ts'
import { intelModels } from './models/intel.ts'
import { skylakeModels } from './models/intel-skylake.ts'
import { newerModels } from './models/newer.ts'
import { versionModels } from './models/versions.ts'
import type { Vendor } from './vendors.ts'

/** A range of processors. */
export interface Signature {
  readonly family: number
  readonly model: number
  /** All of them when missing. */
  readonly steppings?: readonly [first: number, last: number]
}

export interface X86Model extends CpuModel {
  readonly vendor?: Vendor
  readonly signatures: readonly Signature[]
  readonly features: ReadonlySet<string>
  /** {@link ModelRow.removed}, as a list. */
  readonly removed: readonly string[]
  /** A host's CPU may be called so. */
  readonly ofHosts: boolean
  /** A guest's CPU may be called so, where nobody asked for the name. */
  readonly ofGuests: boolean
  readonly newer: boolean
}

const rows: readonly ModelRow[] = [
  ...genericModels,
  ...intelModels,
  ...skylakeModels,
  ...amdModels,
  ...newerModels,
  ...versionModels,
]

const byName = new Map<string, X86Model>()

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}

function signature(text: string): Signature {
  const [family = 0, model = 0] = text.split('/').map(Number)
  const [first, last] = (text.split('/')[2] ?? '').split('-').map(Number)
  return first === undefined || last === undefined
    ? { family, model }
    : { family, model, steppings: [first, last] }
}

function resolved(row: ModelRow): X86Model {
  const base = row.base === undefined ? undefined : byName.get(row.base)
  const features = new Set(base?.features)
  const vendor = row.vendor ?? (row.version === true ? base?.vendor : undefined)
  for (const name of words(row.drop)) features.delete(name)
  for (const name of words(row.add)) features.add(name)
  return {
    name: row.name,
    ...(vendor !== undefined && { vendor }),
    signatures:
      row.version === true ? (base?.signatures ?? []) : (row.signatures ?? []).map(signature),
    features,
    removed: words(row.removed),
    ofHosts: row.decode !== 'never' && row.version !== true,
    ofGuests: row.decode === undefined && row.version !== true,
    newer: row.newer ?? row.version ?? false,
  }
}

/** Every model: libvirt 9.0's in its own order, then those that came later. */
export const cpuModels: readonly X86Model[] = rows.map((row) => {
  const model = resolved(row)
  byName.set(model.name, model)
  return model
})

export function modelByName(name: string | undefined): X86Model | undefined {
  return name === undefined ? undefined : byName.get(name)
}

export function hasSignature(
  { signatures }: X86Model,
  processor: { readonly family: number; readonly model: number; readonly stepping: number },
): boolean {
  return signatures.some(
    ({ family, model, steppings: [first, last] = [0, Infinity] }) =>
      family === processor.family &&
      model === processor.model &&
      processor.stepping >= first &&
      processor.stepping <= last,
  )
}
