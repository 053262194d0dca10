import type { ConformanceCase } from '../../src/run/conformance-case.ts'

/** A case that passes, with what a test wants to be different. */
export function aCase(different: Partial<ConformanceCase> = {}): ConformanceCase {
  const { tier = 'model', scenario = 'disk/cdrom' } = different
  return {
    id: `toy64/toy/${tier}/${scenario}`,
    arch: 'minimal',
    guest: 'toy64',
    machine: 'toy',
    tier,
    scenario,
    title: 'a guest has a CD-ROM',
    face: 'offered',
    timeoutMs: 10_000,
    reaches: [],
    run: () => {},
    ...different,
  }
}
