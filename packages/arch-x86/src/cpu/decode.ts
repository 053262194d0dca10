import type { CpuFeature } from '@polyvirt/core/arch'
import { featureOfQemu } from './feature-names.ts'
import { updated, withoutRemoved } from './feature-set.ts'
import { inOrder, isMigratable } from './features.ts'
import { cpuModels, hasSignature } from './models.ts'
import type { X86Model } from './models.ts'
import type { Processor, ProcessorSignature } from './registers.ts'

/** A model that may be the answer. */
export interface OfferedModel {
  readonly name: string
  /** QEMU's names of what this model has and the accelerator lacks; they are switched off. */
  readonly unavailableFeatures?: readonly string[]
}

export interface DecodeOptions {
  /** A host's CPU has no feature less than its model; a guest's may switch some off. */
  readonly of: 'host' | 'guest'
  /** Every known model when missing. */
  readonly models?: readonly OfferedModel[]
  /** Taken whatever the others have to offer. */
  readonly preferred?: string
  /** Leaves out features that block migration. */
  readonly migratable?: boolean
}

/** The model nearest to a processor, and the features that make the difference. */
export interface Decoded {
  readonly model: X86Model
  readonly features: readonly CpuFeature[]
}

/**
 * libvirt's search: newest models first; a matching signature beats all; then the shortest list of
 * differences wins, where what must be switched off counts more than what must be added.
 */
export function decode(processor: Processor, options: DecodeOptions): Decoded | undefined {
  const data = withoutBrokenTsx(processor)
  let best: Decoded | undefined
  for (const model of cpuModels.toReversed()) {
    const offered = options.models?.find(({ name }) => name === model.name)
    if (options.models !== undefined && offered === undefined) continue
    if (!mayBe(model, data, options)) continue
    const candidate = { model, features: differences(model, data, { ...options, offered }) }
    if (options.of === 'host' && candidate.features.some(({ policy }) => policy === 'disable'))
      continue
    if (model.name === options.preferred) {
      best = candidate
      break
    }
    if (best === undefined || isBetter(candidate, best, data.signature)) best = candidate
  }
  if (best === undefined || options.migratable !== true) return best
  return { ...best, features: best.features.filter(({ name }) => isMigratable(name)) }
}

function mayBe(model: X86Model, data: Processor, { of, preferred }: DecodeOptions): boolean {
  if (data.vendor !== undefined && model.vendor !== undefined && model.vendor !== data.vendor)
    return false
  if (of === 'host' ? !model.ofHosts : !model.ofGuests) return false
  if (!model.newer || model.name === preferred) return true
  return data.signature !== undefined && hasSignature(model, data.signature)
}

function differences(
  model: X86Model,
  { features }: Processor,
  { of, offered }: DecodeOptions & { readonly offered: OfferedModel | undefined },
): readonly CpuFeature[] {
  const extra = inOrder(features).filter((name) => !model.features.has(name))
  const blocked = (offered?.unavailableFeatures ?? []).flatMap((name) => featureOfQemu(name) ?? [])
  const missing = inOrder([
    ...[...model.features].filter((name) => !features.has(name)),
    ...blocked.filter((name) => !extra.includes(name)),
  ])
  const list = updated(
    extra.map((name) => ({ policy: 'require', name })),
    missing.map((name) => ({ policy: 'disable', name })),
  )
  return of === 'guest' ? withoutRemoved(list, model.name) : list
}

function isBetter(
  candidate: Decoded,
  best: Decoded,
  signature: ProcessorSignature | undefined,
): boolean {
  if (signature !== undefined) {
    const matches = hasSignature(candidate.model, signature)
    if (matches !== hasSignature(best.model, signature)) return matches
  }
  const a = weigh(candidate.features)
  const b = weigh(best.features)
  return a.sum < b.sum || (a.sum === b.sum && a.disabled < b.disabled)
}

/** libvirt's weight of a list: 1 for a feature to add; 2, 3, 4… for those to switch off. */
function weigh(features: readonly CpuFeature[]): { sum: number; disabled: number } {
  let enabled = features.length
  let disabled = 0
  let penalty = 2
  // The bound falls with every hit, so of a long tail of them only the first are weighed; libvirt's
  // choice of model depends on it.
  for (let i = 0; i < enabled; i++) {
    if (features[i]?.policy !== 'disable') continue
    enabled--
    disabled += penalty++
  }
  return { sum: enabled + disabled, disabled }
}

/** Haswells whose transactional memory does not work (Intel errata HSD136, HSW136). */
function withoutBrokenTsx(processor: Processor): Processor {
  const { vendor, signature, features } = processor
  if (vendor !== 'Intel' || signature?.family !== 6) return processor
  const { model, stepping } = signature
  const broken = model === 60 || model === 69 || model === 70 || (model === 63 && stepping < 4)
  if (!broken) return processor
  const working = [...features].filter((name) => name !== 'hle' && name !== 'rtm')
  return { ...processor, features: new Set(working) }
}
