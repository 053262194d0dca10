import { targetsOf } from '@polyvirt/conformance'
import { lostState } from '@polyvirt/core'
import { describe, expect, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { newer, recorded } from './contexts.ts'

describe('a guest that goes from one QEMU to another', () => {
  it('leaves its timers behind with QEMU 7.2: both vCPUs were seen to sleep for ever', () => {
    const [target] = targetsOf(riscv64, riscv64.guests[0], recorded(), '/qemu')
    expect(target && lostState(target)).toMatch(
      /7\.2 .* timers by which its vCPUs wake.*QEMU 10\.0/,
    )
  })

  it('takes all of it along with QEMU 10.0', () => {
    const [target] = targetsOf(riscv64, riscv64.guests[0], newer(), '/qemu')
    expect(target && lostState(target)).toBeUndefined()
    expect(target).toBeDefined()
  })
})
