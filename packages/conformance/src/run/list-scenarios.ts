import type { Arch } from '@polyvirt/core/arch'
import type { Tier } from '@polyvirt/conformance-report'
import { archLaws } from '../arch-laws.ts'
import type { Scenario } from '../scenario.ts'
import { targetScenarios } from '../scenarios/of-target.ts'
import type { Target } from '../target.ts'
import { scenariosOf } from './conformance-cases.ts'
import { lawId } from './law-cases.ts'
import { nestedScenarios } from './nested-cases.ts'
import type { ArchSubject } from './run-options.ts'
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
  arches: readonly Pick<ArchSubject, 'arch' | 'nestedHosts'>[],
): readonly ListedScenario[] {
  const laws = archLaws.map(({ name }) => lawEntry(name))
  const found = new Map<string, ListedScenario>(laws.map((one) => [one.id, one]))
  const ofTargets = arches.flatMap(({ arch }) => fullestTargets(arch).flatMap(targetScenarios))
  for (const scenario of [...arches.flatMap(scenariosOf), ...ofTargets]) {
    const { id, title } = scenario
    if (found.has(id)) continue
    found.set(id, { id, chapter: chapterOf(id), title, tiers: tiersOf(scenario) })
  }
  for (const { id, title } of arches.flatMap(nestedScenarios))
    found.set(id, { id, chapter: chapterOf(id), title, tiers: ['nested'] })
  return [...found.values()]
}

/** Each machine with a QEMU that has everything: nobody is asked for a list of names. */
const fullestTargets = (arch: Arch): readonly Target[] =>
  arch.guests.flatMap((guest) =>
    arch.machine.profiles.map((profile) => ({
      arch,
      guest,
      profile,
      machine: profile.name,
      emulator: guest.emulators[0],
      capabilities: {
        version: { major: Number.MAX_SAFE_INTEGER, minor: 0, micro: 0 },
        target: guest.name,
        machines: [
          {
            name: profile.name,
            cpuMax: Number.MAX_SAFE_INTEGER,
            hotpluggableCpus: true,
            deprecated: false,
            isDefault: true,
          },
        ],
        cpus: arch.cpu.models.map(({ name }) => ({ name })),
        devices: [],
        deviceProperties: {},
        kvm: { present: false, usable: false },
      },
    })),
  )

const chapterOf = (id: string): string => id.replace(/\/.*$/, '')

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
