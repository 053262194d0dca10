import type { Cpu, CpuFeature } from '@polyvirt/core/arch'
import { isFeature } from './features.ts'
import { modelByName } from './models.ts'

type Policy = NonNullable<CpuFeature['policy']>

/** What is asked of a feature. A host's features have no policy: they are there. */
export function policyOf(cpu: Cpu, { policy }: CpuFeature): Policy {
  return cpu.mode === undefined ? 'require' : (policy ?? 'require')
}

/** Why a definition cannot be computed with: a model or a feature that nobody knows. */
export function unknownWord(cpu: Cpu): string | undefined {
  if (cpu.model !== undefined && modelByName(cpu.model) === undefined)
    return `Unknown CPU model ${cpu.model}`
  const unknown = cpu.features?.find(({ name }) => !isFeature(name))
  return unknown === undefined ? undefined : `Unknown CPU feature ${unknown.name}`
}

/** Features with one of these policies, the model's own among the required. */
export function featuresWith(cpu: Cpu, ...policies: readonly Policy[]): Set<string> {
  const found = new Set(policies.includes('require') ? modelByName(cpu.model)?.features : [])
  for (const feature of cpu.features ?? [])
    if (policies.includes(policyOf(cpu, feature))) found.add(feature.name)
  return found
}

/** Every feature that a CPU by this definition has; optional ones are not counted. */
export function featuresOf(cpu: Cpu): Set<string> {
  const found = new Set(modelByName(cpu.model)?.features)
  for (const feature of cpu.features ?? []) {
    const policy = policyOf(cpu, feature)
    if (policy === 'require' || policy === 'force') found.add(feature.name)
    else if (policy !== 'optional') found.delete(feature.name)
  }
  return found
}

/** The list with these features' policies, changed where they are already in it, else at its end. */
export function updated(
  features: readonly CpuFeature[],
  changes: readonly CpuFeature[],
): readonly CpuFeature[] {
  const found = new Map(features.map((feature) => [feature.name, feature]))
  for (const change of changes) found.set(change.name, change)
  return [...found.values()]
}

/** The list with what the model once had switched off, where nothing was said of it. */
export function withoutRemoved(
  features: readonly CpuFeature[],
  model: string | undefined,
): readonly CpuFeature[] {
  const missing = (modelByName(model)?.removed ?? []).filter((name) =>
    features.every((feature) => feature.name !== name),
  )
  return [...features, ...missing.map((name) => ({ policy: 'disable', name }) as const)]
}
