import { targetsOf } from '@polyvirt/conformance'
import { lostState } from '@polyvirt/core'
import { expect, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

it('a guest that goes to another QEMU leaves its timers behind: both vCPUs were seen to sleep for ever', () => {
  const [target] = targetsOf(loongarch64, loongarch64.guests[0], recorded(), '/qemu')
  expect(target && lostState(target)).toMatch(
    /10\.0 under TCG leaves behind of a virt guest the timers by which its vCPUs wake/,
  )
})
