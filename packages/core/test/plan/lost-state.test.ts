import { describe, expect, test } from 'vitest'
import type { MachineProfile } from '../../src/arch/machine-builder.ts'
import { lostState } from '../../src/plan/lost-state.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

function said(losesState: MachineProfile['losesState'], major: number): string | undefined {
  const [board] = testArch.machine.profiles
  const capabilities = { ...testCapabilities, version: { major, minor: 0, micro: 0 } }
  return lostState({ profile: { ...board, ...(losesState && { losesState }) }, capabilities })
}

describe('what a guest leaves behind', () => {
  test('is told with the QEMU that takes it along', () => {
    const loses = [{ since: [8, 0], before: [9, 1], what: 'its clock' }] as const
    expect(said(loses, 7)).toBeUndefined()
    expect(said(loses, 9)).toMatch(/^QEMU 9\.0 .* its clock.*; QEMU 9\.1 takes all of it$/)
    expect(said(loses, 10)).toBeUndefined()
  })

  test('is told of every QEMU where none takes it along', () => {
    const loses = [{ what: 'its clock' }]
    for (const major of [7, 99])
      expect(said(loses, major)).toMatch(/its clock.*; no QEMU is known that takes all of it$/)
  })

  test('is nothing on a board that says nothing of it', () => {
    expect(said(undefined, 7)).toBeUndefined()
  })
})
