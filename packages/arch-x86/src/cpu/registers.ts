import type { CpuData } from '@polyvirt/core/arch'
import { featureRegisters } from './feature-registers.ts'
import { vendorId, vendorOfId } from './vendors.ts'
import type { Vendor } from './vendors.ts'

/** What a processor says of itself, read. */
export interface Processor {
  readonly features: ReadonlySet<string>
  readonly vendor?: Vendor
  readonly signature?: ProcessorSignature
}

export interface ProcessorSignature {
  readonly family: number
  readonly model: number
  readonly stepping: number
}

const signatureKey = 'cpuid.1.0.eax'

/** The registers of leaf 0, in the order in which they spell the vendor. */
const vendorKeys = ['cpuid.0.0.ebx', 'cpuid.0.0.edx', 'cpuid.0.0.ecx']

/** A processor's registers: what is not told is left out, and so is a register of zeros. */
export function toRegisters({ features, vendor, signature }: Processor): CpuData {
  const data: Record<string, number> = {}
  const id = vendor === undefined ? undefined : vendorId(vendor)
  if (id !== undefined) {
    const bytes = new TextEncoder().encode(id)
    const view = new DataView(bytes.buffer)
    for (const [index, key] of vendorKeys.entries()) data[key] = view.getUint32(index * 4, true)
  }
  if (signature !== undefined) data[signatureKey] = packed(signature)
  for (const { key, bits } of featureRegisters) {
    let value = 0
    for (const [bit, name] of bits) if (features.has(name)) value |= 1 << bit
    if (value !== 0) data[key] = value >>> 0
  }
  return data
}

export function fromRegisters(data: CpuData): Processor {
  const features = featureRegisters.flatMap(({ key, bits }) =>
    bits.flatMap(([bit, name]) => ((((data[key] ?? 0) >>> bit) & 1) === 1 ? [name] : [])),
  )
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  for (const [index, key] of vendorKeys.entries()) view.setUint32(index * 4, data[key] ?? 0, true)
  const vendor = vendorOfId(new TextDecoder('latin1').decode(bytes))
  const eax = data[signatureKey]
  return {
    features: new Set(features),
    ...(vendor !== undefined && { vendor }),
    ...(eax !== undefined && { signature: unpacked(eax) }),
  }
}

/** Intel SDM volume 2, CPUID, figure 3-6: extended fields join in from family 15 on. */
function packed({ family, model, stepping }: ProcessorSignature): number {
  const extended = Math.max(0, family - 15)
  const base = Math.min(family, 15)
  return (
    ((extended << 20) |
      (((model >> 4) & 15) << 16) |
      (base << 8) |
      ((model & 15) << 4) |
      (stepping & 15)) >>>
    0
  )
}

function unpacked(eax: number): ProcessorSignature {
  const base = (eax >>> 8) & 15
  const extendedModel = base === 6 || base === 15 ? (eax >>> 16) & 15 : 0
  return {
    family: base === 15 ? 15 + ((eax >>> 20) & 0xff) : base,
    model: (extendedModel << 4) | ((eax >>> 4) & 15),
    stepping: eax & 15,
  }
}
