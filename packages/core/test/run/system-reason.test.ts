import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { strerror, systemReason } from '../../src/run/system-reason.ts'

test('what the system refused is told in the words of the C library, as virsh does', () => {
  const refused = (path: string): unknown => {
    try {
      return readFileSync(path)
    } catch (error) {
      return error
    }
  }
  expect(strerror(refused('/no/such/file'))).toBe('No such file or directory')
  expect(strerror(refused('/'))).toBe('Is a directory')
  expect(strerror(refused(`/${'x'.repeat(300)}`))).toBe('File name too long')
})

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
