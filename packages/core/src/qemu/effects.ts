import type { Effects } from '../arch/effects.ts'
import type { Domain } from '../domain/domain.ts'
import type { FeatureName } from '../domain/features.ts'
import { ruleContext } from '../plan/rule-context.ts'
import type { ArgvContext } from './argv-context.ts'

/** All that features, timers and the machine ask of the command line, in the tables' order. */
export function collectEffects(context: Pick<ArgvContext, 'plan'> & { domain: Domain }): Effects {
  const { domain, plan } = context
  const rules = ruleContext(domain, plan)
  const parts: Effects[] = []
  const features = (domain.features ?? {}) as Readonly<Record<string, unknown>>
  const { supported, whenAbsent } = plan.arch.features
  const absent = (name: string): void => {
    const effects = whenAbsent?.[name as FeatureName]
    if (effects !== undefined) parts.push(typeof effects === 'function' ? effects(rules) : effects)
  }
  for (const name in supported) {
    const row = supported[name as FeatureName]
    const value = features[name]
    if (row === undefined) continue
    if (value === undefined) {
      absent(name)
      continue
    }
    const text = spelled(value)
    switch (row.to) {
      case 'machine':
        if (text !== undefined) parts.push({ machine: { [row.property]: text } })
        break
      case 'cpu':
        if (text !== undefined) parts.push({ cpu: { [row.flag]: text } })
        break
      case 'device':
        if (text === 'on' || value === 'default') parts.push({ devices: [row.driver] })
        break
      case 'effects':
        parts.push(row.effects(domain.features ?? {}, rules))
        break
      default:
    }
  }
  for (const name of Object.keys(whenAbsent ?? {}))
    if (features[name] === undefined && !Object.hasOwn(supported, name)) absent(name)
  for (const timer of domain.clock?.timers ?? []) {
    const effects = plan.arch.features.timers[timer.name]?.effects?.(timer, rules)
    if (effects !== undefined) parts.push(effects)
  }
  const machine = plan.arch.machine.effects?.(rules)
  if (machine !== undefined) parts.push(machine)
  return merge(parts)
}

/** A feature's value in QEMU's spelling; `default` leaves the choice to QEMU. */
function spelled(value: unknown): string | undefined {
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (value === 'default') return undefined
  return String(value)
}

function merge(parts: readonly Effects[]): Effects {
  return {
    machine: Object.assign({}, ...parts.map((part) => part.machine ?? {})) as Record<
      string,
      string
    >,
    cpu: Object.assign({}, ...parts.map((part) => part.cpu ?? {})) as Record<string, string>,
    global: parts.flatMap((part) => part.global ?? []),
    options: parts.flatMap((part) => part.options ?? []),
    devices: parts.flatMap((part) => part.devices ?? []),
  }
}
