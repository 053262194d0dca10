import type { Arch } from '@polyvirt/core/arch'
import type { Tier } from '@polyvirt/conformance-report'
import { archLaws } from '../arch-laws.ts'
import type { Scenario } from '../scenario.ts'
import { scenariosOf } from './conformance-cases.ts'
import { lawId } from './law-cases.ts'
import { asksGuest } from './scenarios-to-boot.ts'

export interface ListedScenario {
  /** `disk/two-on-virtio` */
  readonly id: string
  /** Its first part. */
  readonly chapter: string
  readonly title: string
  /** The tiers that it can be tried in; which it is tried in hangs on the architecture. */
  readonly tiers: readonly Tier[]
}

/** Every law, and every scenario of these architectures, once, in the order in which they are told. */
export function listScenarios(
  arches: readonly { readonly arch: Arch }[],
): readonly ListedScenario[] {
  const laws = archLaws.map(({ name }) => lawEntry(name))
  const found = new Map<string, ListedScenario>(laws.map((one) => [one.id, one]))
  for (const scenario of arches.flatMap(scenariosOf)) {
    const { id, title } = scenario
    if (found.has(id)) continue
    found.set(id, { id, chapter: id.replace(/\/.*$/, ''), title, tiers: tiersOf(scenario) })
  }
  return [...found.values()]
}

const lawEntry = (name: string): ListedScenario => ({
  id: lawId(name),
  chapter: 'law',
  title: name,
  tiers: ['laws'],
})

function tiersOf(scenario: Scenario): readonly Tier[] {
  const { refused, golden, live } = scenario
  if (refused !== undefined) return ['model']
  const boots = asksGuest(scenario)
  return [
    'model',
    ...(golden === false ? [] : (['golden'] as const)),
    ...(live === false ? [] : (['live'] as const)),
    ...(boots ? (['guest'] as const) : []),
  ]
}
