import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { aarch64 } from '../src/index.ts'

testArch({
  arch: aarch64,
  fixtures: new URL('./fixtures/', import.meta.url),
  describe,
  it,
  bootCpus: ['cortex-a53', 'cortex-a76', 'neoverse-n1', 'max'],
})
