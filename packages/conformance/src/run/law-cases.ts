import { deepStrictEqual } from 'node:assert'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { archLaws } from '../arch-laws.ts'
import type { Fixtures } from '../fixtures.ts'
import type { Scenario } from '../scenario.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { ArchSubject } from './run-options.ts'

export interface KnownToLaws {
  readonly scenarios: readonly Scenario[]
  readonly capabilities: readonly QemuCapabilities[]
  readonly fixtures?: Fixtures
}

const lawTimeoutMs = 60_000

/** What holds for the architecture as such, and for the hosts that its package has recorded. */
export function lawCases({ arch }: ArchSubject, known: KnownToLaws): readonly ConformanceCase[] {
  const hosts = known.fixtures?.hosts ?? []
  const guest = arch.guests[0].name
  const law = (scenario: string, title: string, check: () => void): ConformanceCase => ({
    id: `${guest}/any/laws/${scenario}`,
    arch: arch.name,
    guest,
    machine: 'any',
    tier: 'laws',
    scenario,
    title,
    face: 'offered',
    timeoutMs: lawTimeoutMs,
    reaches: [],
    run: check,
  })
  return [
    ...archLaws.map(({ name, check }) =>
      law(lawId(name), name, () => check(arch, { ...known, hosts })),
    ),
    ...hosts.map((host) =>
      law(`host/${host.name}`, `reads the recorded host ${host.name}`, () =>
        deepStrictEqual(arch.host.read(host.files), host.expected),
      ),
    ),
  ]
}

/** A law's sentence as the id of a scenario: `law/its-tables-agree-with-each-other`. */
export const lawId = (name: string): string =>
  `law/${name
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z\d]+/g, '-')}`
