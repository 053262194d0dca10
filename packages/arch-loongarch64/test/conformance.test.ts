import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { recipe } from './guest-recipe.ts'

testArch({
  arch: loongarch64,
  fixtures: new URL('./fixtures/', import.meta.url),
  describe,
  it,
  recipes: { loongarch64: recipe },
  bootCpus: ['la464', 'max'],
})
