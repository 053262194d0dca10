import type { Arch, QemuCapabilities } from '@polyvirt/core/arch'
import { minimalCapabilities } from '../src/minimal-arch.ts'
import { testArch } from '../src/test-arch.ts'

/** One test of the suite, with what it said. */
export interface SuiteResult {
  /** Names of its groups and its own, joined by ` > `. */
  readonly name: string
  readonly error?: string
}

/** Runs the suite over an architecture with a runner of its own. */
export async function collectSuite(
  arch: Arch,
  capabilities: QemuCapabilities = minimalCapabilities,
): Promise<readonly SuiteResult[]> {
  const groups: string[] = []
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = []
  testArch({
    arch,
    capabilities: { 'qemu-system-toy64': capabilities },
    describe(name, body) {
      groups.push(name)
      body()
      groups.pop()
    },
    it: (name, body) => void tests.push({ name: [...groups, name].join(' > '), body }),
  })
  const results: SuiteResult[] = []
  for (const { name, body } of tests) {
    try {
      await body()
      results.push({ name })
    } catch (error) {
      results.push({ name, error: error instanceof Error ? error.message : String(error) })
    }
  }
  return results
}
