import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { systemReason } from '../../src/run/system-reason.ts'

test('what the system refused is told in its words, without the call', () => {
  let caught: unknown
  try {
    readFileSync('/no/such/file')
  } catch (error) {
    caught = error
  }
  expect(systemReason(caught)).toBe('no such file or directory')
  expect(systemReason(new Error('something else'))).toBe('something else')
})
