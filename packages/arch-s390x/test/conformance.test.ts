import { testArch } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { s390x } from '../src/index.ts'

testArch({ arch: s390x, fixtures: new URL('./fixtures/', import.meta.url), describe, it })
