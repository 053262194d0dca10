import type { Arch, QemuCapabilities } from '@polyvirt/core/arch'
import type { HostFixture } from './fixtures.ts'
import type { Scenario } from './scenario.ts'

/** Something that holds for an architecture as such, whatever the domain. */
export interface ArchLaw {
  readonly name: string
  readonly check: (arch: Arch, known: KnownToSuite) => void
}

/** What a law may look at besides the architecture. */
export interface KnownToSuite {
  readonly scenarios: readonly Scenario[]
  /** Of every emulator that was recorded. */
  readonly capabilities: readonly QemuCapabilities[]
  /** Machines that were recorded. */
  readonly hosts: readonly HostFixture[]
}
