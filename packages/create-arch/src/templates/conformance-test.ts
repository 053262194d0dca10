import type { ArchPlan } from '../arch-plan.ts'

/** `test/conformance.test.ts`: the suite, with failures that say where to look. */
export function conformanceTest({ names }: ArchPlan): string {
  return `import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { ${names.arch} } from '../src/index.ts'
import { guided } from './guide.ts'

testArch({
  arch: ${names.arch},
  fixtures: new URL('./fixtures/', import.meta.url),
  ...guided({ describe, it }),
})
`
}
