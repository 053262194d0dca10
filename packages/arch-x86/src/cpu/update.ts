import type { Cpu, CpuContext, CpuFeature } from '@polyvirt/core/arch'
import { decode } from './decode.ts'
import type { OfferedModel } from './decode.ts'
import { featuresOf, unknownWord, updated, withoutRemoved } from './feature-set.ts'
import { migratableHostModel, offeredModels } from './host-model.ts'
import { modelByName } from './models.ts'

/** The one exact CPU that a guest runs with. */
export function update(cpu: Cpu, context: CpuContext): Cpu {
  if (cpu.mode !== 'custom' && cpu.mode !== 'host-model') return cpu
  const exact = relativeToHost(cpu, context)
  if (exact.mode !== 'custom' || exact.model === undefined) return exact
  const offered = offeredModels(context)
  const features = withoutRemoved(exact.features ?? [], exact.model)
  const whole = features.length > (exact.features ?? []).length ? { ...exact, features } : exact
  if (offered.some(({ name }) => name === whole.model)) return whole
  return translate(whole, offered) ?? whole
}

/** `host-model`, `minimum` and optional features are answers to "what is there?". */
function relativeToHost(cpu: Cpu, context: CpuContext): Cpu {
  const whole = cpu.mode === 'host-model' || cpu.match === 'minimum'
  const optional = (cpu.features ?? []).some(({ policy }) => policy === 'optional')
  if (!whole && !optional) return cpu
  const host = migratableHostModel(context)
  if (host === undefined) return cpu
  const has = featuresOf(host)
  const asked = (cpu.features ?? []).map((feature) => settled(feature, has))
  if (!whole) return { ...cpu, features: asked }
  const { vendor: hostVendor, model, features = [] } = host
  const { vendor: ownVendor, migratable: _migratable, ...rest } = cpu
  const vendor = cpu.mode === 'host-model' ? hostVendor : ownVendor
  return {
    ...rest,
    mode: 'custom',
    match: 'exact',
    // Nothing is left to find out at the start: the host's model is what QEMU says it gives.
    ...(asked.every(({ policy, name }) => policy !== 'force' || has.has(name)) && {
      check: 'full' as const,
    }),
    ...(model !== undefined && { model }),
    fallback: 'forbid',
    ...(vendor !== undefined && { vendor }),
    features: updated(features, asked),
  }
}

function settled({ policy, name }: CpuFeature, has: ReadonlySet<string>): CpuFeature {
  if (policy !== 'optional') return { policy: policy ?? 'require', name }
  return { policy: has.has(name) ? 'require' : 'disable', name }
}

/** The same CPU by one of these models, features making up the difference. */
export function translate(cpu: Cpu, models: readonly OfferedModel[]): Cpu | undefined {
  const model = modelByName(cpu.model)
  if (model === undefined || unknownWord(cpu) !== undefined) return undefined
  if (models.some(({ name }) => name === cpu.model)) return cpu
  const [first] = model.signatures
  const found = decode(
    {
      features: featuresOf(cpu),
      ...(model.vendor !== undefined && { vendor: model.vendor }),
      ...(first && {
        signature: {
          family: first.family,
          model: first.model,
          stepping: first.steppings?.[0] ?? 0,
        },
      }),
    },
    { of: 'guest', models },
  )
  if (found === undefined) return undefined
  return {
    ...cpu,
    model: found.model.name,
    features: updated(found.features, cpu.features ?? []),
  }
}
