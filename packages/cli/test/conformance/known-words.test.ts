import { expect, it } from 'vitest'
import type { UsageError } from '../../src/command-error.ts'
import { checkKnown } from '../../src/conformance/known-words.ts'

it('offers each word once, also where an architecture is called as its guest', () => {
  try {
    checkKnown('architecture', ['foo'], ['ppc64', 'ppc64le', 'ppc64', 'x86'])
    expect.unreachable()
  } catch (error) {
    expect((error as UsageError).hint).toBe('known: ppc64, ppc64le, x86')
  }
})
