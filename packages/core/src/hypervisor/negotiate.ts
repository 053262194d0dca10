import type { MachineCapability, MachineGrant, MachineGrants } from '../arch/machine-builder.ts'
import { collectEffects } from '../qemu/effects.ts'
import { featurePath } from '../domain/features.ts'
import type { Features } from '../domain/features.ts'
import { featureValue, grantRule, levelOf } from '../plan/machine-grants.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { MachineTrial } from '../run/machine-trials.ts'
import type { NegotiatedCapability } from './hypervisor.ts'
import type { Plan } from './planner.ts'

/** Starts a machine with these `-machine` properties and accelerator; kept answers cost nothing. */
export type TryMachine = (
  accelerator: 'kvm' | 'tcg',
  properties: Readonly<Record<string, string>>,
  read: readonly string[],
) => Promise<MachineTrial>

/** What has to be known. */
export interface Demands {
  readonly virtType: 'kvm' | 'qemu'
  /** Levels that a document names, by property. */
  readonly named: ReadonlyMap<string, string>
  /** Every level of every capability, for a table of them. */
  readonly all?: boolean
}

/**
 * Finds out which levels of an architecture's machine capabilities this QEMU grants, with this
 * accelerator on this host, by starting the machine: QEMU has no question for it.
 *
 * As few trials as will do: where the machine starts with nothing said, its defaults are granted, and
 * only what the document names is tried. The defaults themselves are read under TCG, which always
 * starts.
 */
export async function negotiate(
  context: PlanContext,
  { virtType, named, all = false }: Demands,
  tryMachine: TryMachine,
): Promise<MachineGrants> {
  const capabilities = context.arch.machine.capabilities ?? []
  if (capabilities.length === 0) return {}
  const accelerator = virtType === 'kvm' ? 'kvm' : 'tcg'
  const names = capabilities.map(({ property }) => property)
  const { properties: defaults } = await tryMachine('tcg', {}, names)
  const present = capabilities.filter(({ property }) => property in defaults)
  const plain = accelerator === 'tcg' ? undefined : await tryMachine(accelerator, {}, names)
  const defaultsStart = plain?.refused === undefined

  const grants: Record<string, MachineGrant> = {}
  for (const capability of present) {
    const { property, levels } = capability
    const byDefault = levelFor(capability, defaults[property] ?? '', context)
    const granted: string[] = []
    const refused: Record<string, string> = {}
    const ask = async (level: string): Promise<void> => {
      if (granted.includes(level) || level in refused) return
      // One capability is asked for at a time; the others must not be what fails.
      const others = defaultsStart ? {} : weakest(present, capability, context)
      const asked = { ...others, ...propertyFor(capability, level, context) }
      const trial = await tryMachine(accelerator, asked, names)
      if (trial.refused === undefined) granted.push(level)
      else refused[level] = trial.refused
    }
    if (byDefault !== undefined && defaultsStart) granted.push(byDefault)
    else if (byDefault !== undefined) await ask(byDefault)
    const level = named.get(property)
    if (level !== undefined) await ask(level)
    if (all) for (const one of levels) await ask(one)
    // What is refused leaves the question what there is instead; a stronger level is not it.
    else if (Object.keys(refused).length > 0) {
      for (const one of levels) {
        await ask(one)
        if (granted.length > 0 && one in refused) break
      }
    }
    grants[property] = {
      ...(byDefault !== undefined && { default: byDefault }),
      granted: levels.filter((one) => granted.includes(one)),
      refused,
    }
  }
  for (const capability of capabilities) {
    if (capability.property in defaults) continue
    const missing = `this QEMU's ${context.machine.name} has no property ${capability.property}`
    const refused = Object.fromEntries(capability.levels.map((level) => [level, missing]))
    grants[capability.property] = { granted: [], refused }
  }
  return grants
}

/** The `-machine` properties of a level, by the architecture's own table of features. */
function propertyFor(
  { feature }: MachineCapability,
  level: string,
  context: PlanContext,
): Readonly<Record<string, string>> {
  const row = context.arch.features.supported[feature]
  if (row === undefined) return {}
  const features: Features = { [feature]: featureValue(level) }
  const domain = {
    type: 'qemu' as const,
    name: '',
    vcpus: 1,
    os: { type: 'hvm' as const },
    devices: {},
    features,
  }
  return collectEffects({ domain, plan: context }).machine ?? {}
}

function weakest(
  capabilities: readonly MachineCapability[],
  but: MachineCapability,
  context: PlanContext,
): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    ...capabilities
      .filter((one) => one !== but)
      .map((one) => propertyFor(one, one.levels[0], context)),
  ) as Record<string, string>
}

/** A property's value as the level that would set it; QEMU prints sizes as it likes. */
function levelFor(
  capability: MachineCapability,
  value: string,
  context: PlanContext,
): string | undefined {
  return capability.levels.find((level) => {
    const set = propertyFor(capability, level, context)[capability.property]
    return set === value || (set !== undefined && bytesOf(set) === bytesOf(value))
  })
}

/** `64k` and `65536` are one size; words are none. */
function bytesOf(text: string): number | string {
  const match = /^(\d+)([kKmMgG]?)$/.exec(text)
  if (match === null) return text
  const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }
  return Number(match[1]) * (units[(match[2] ?? '').toLowerCase()] ?? 1)
}

/** The outcome for one planned domain, for `explain`. */
export function negotiated({ domain, context, notes }: Plan): readonly NegotiatedCapability[] {
  const { capabilities = [] } = context.arch.machine
  return capabilities.flatMap(({ feature, property }): readonly NegotiatedCapability[] => {
    const grant = context.grants?.[property]
    if (grant === undefined) return []
    const path = featurePath(feature)
    const stored = levelOf(domain.features ?? {}, feature)
    // What was recorded because the default is not to be had was asked for by nobody.
    const recorded = notes().some((note) => note.path === path && note.rule === grantRule)
    const granted = stored ?? grant.default
    return [
      {
        path,
        ...(stored !== undefined && !recorded && { requested: stored }),
        ...(grant.default !== undefined && { default: grant.default }),
        offered: grant.granted,
        ...(granted !== undefined && { granted }),
      },
    ]
  })
}
