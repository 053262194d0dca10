import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { ppc64 } from '../src/index.ts'

testArch({
  arch: ppc64,
  fixtures: new URL('./fixtures/', import.meta.url),
  describe,
  it,
  bootCpus: ['POWER8', 'POWER9', 'POWER10'],
})
