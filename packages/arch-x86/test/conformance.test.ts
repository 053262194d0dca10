import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { x86 } from '../src/index.ts'

testArch({ arch: x86, fixtures: new URL('./fixtures/', import.meta.url), describe, it })
