import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'

testArch({
  arch: loongarch64,
  fixtures: new URL('./fixtures/', import.meta.url),
  describe,
  it,
  bootCpus: ['la464', 'max'],
})
