import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { riscv64 } from '../src/index.ts'

testArch({
  arch: riscv64,
  fixtures: new URL('./fixtures/', import.meta.url),
  describe,
  it,
})
