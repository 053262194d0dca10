import type { Cpu, CpuFeature } from '@polyvirt/core/arch'
import { updated, withoutRemoved } from './feature-set.ts'
import { inOrder } from './features.ts'
import { modelByName } from './models.ts'

/** All features, sorted by name as libvirt does here; a CPU of an unknown model stays as it is. */
export function expandFeatures(cpu: Cpu): Cpu {
  const model = modelByName(cpu.model)
  if (model === undefined) return cpu
  const own = inOrder(model.features)
  if (cpu.mode === undefined) {
    const named = own.map((name) => ({ name }))
    return { ...cpu, features: sorted(updated(named, cpu.features ?? [])) }
  }
  const required: readonly CpuFeature[] = own.map((name) => ({ policy: 'require', name }))
  const definite = (cpu.features ?? [])
    .map(({ policy, name }) => ({ policy: policy ?? ('require' as const), name }))
    .filter(({ policy }) => policy === 'require' || policy === 'disable')
  return { ...cpu, features: sorted(withoutRemoved(updated(required, definite), model.name)) }
}

function sorted(features: readonly CpuFeature[]): readonly CpuFeature[] {
  return features.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
