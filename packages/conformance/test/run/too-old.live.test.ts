import { describe, expect, it } from 'vitest'
import { findEmulator } from '../../src/find-emulator.ts'
import { tooOld } from '../../src/run/too-old.ts'
import { minimalArch } from '../../src/minimal-arch.ts'

const [toy] = minimalArch.guests
const since = (major: number, minor: number) => ({
  ...toy,
  oldestEmulator: { version: [major, minor], reason: 'older ones have no board' } as const,
})

describe('an emulator that may be too old for its guests', () => {
  const emulator = findEmulator(['qemu-system-ppc64', 'qemu-system-x86_64'])
  const missing = emulator === undefined
  it.skipIf(missing)(`is asked${missing ? ': not run, there is no QEMU here' : ''}`, () => {
    const path = emulator ?? ''
    expect(tooOld(since(1, 0), path)).toBeUndefined()
    expect(tooOld(since(999, 0), path)).toMatch(
      /is QEMU \d+\.\d+, and toy64 guests need 999\.0 or newer: older ones have no board$/,
    )
  })

  it('is not asked where guests are content with any', () => {
    expect(tooOld(toy, '/nonexistent')).toBeUndefined()
  })

  it('is not believed to be new enough where it does not tell', () => {
    expect(tooOld(since(1, 0), process.execPath)).toMatch(/does not tell its version$/)
  })
})
